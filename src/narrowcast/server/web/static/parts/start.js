// What runs on every page: moving between pages without ending what plays, and the page's own module.
import { begin } from "./navigation.js";

begin();
