// What runs on every page: moving between pages without ending what plays, and the page's own module; what is kept offline.
import { beginUnread } from "../inbox/unread.js";
import { begin as beginKeeping } from "../offline/offline.js";
import { begin as beginWorker } from "../offline/worker_page.js";
import { attend } from "../player/door.js";
import { begin } from "./navigation.js";

begin();
attend();
beginKeeping();
beginWorker();
beginUnread();
