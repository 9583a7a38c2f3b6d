// Web Push in the service worker: what the server tells is shown, and a press on it opens the page that it is about.

/** Listen for messages, of the application below `base`. */
export function hear(base) {
  self.addEventListener("push", (event) => {
    const said = read(event.data);
    event.waitUntil(self.registration.showNotification(said.title, {
      body: said.body,
      tag: said.tag || undefined,
      icon: `${base}/icons/192.png`,
      badge: `${base}/icons/badge.png`,
      data: { path: pathOf(said.path) },
    }));
  });
  self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(new URL(base + event.notification.data.path, location.origin).href));
  });
}

function read(data) {
  try {
    const said = data.json();
    return { ...said, title: String(said.title || "Narrowcast"), body: String(said.body || "") };
  } catch {
    return { title: "Narrowcast", body: "There is something new in your inbox.", path: "/inbox" };
  }
}

/** A path of this application, whatever was sent. */
function pathOf(path) {
  return typeof path === "string" && /^\/[a-z0-9][a-z0-9/-]*$/i.test(path) ? path : "/inbox";
}

async function open(address) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((one) => one.url.split(/[?#]/)[0] === address);
  if (there) return there.focus();
  const any = windows[0];
  if (any && any.navigate) {
    // In place of a page that plays something, another window: what plays goes on.
    any.postMessage({ say: "visit", address });
    return any.focus();
  }
  return self.clients.openWindow(address);
}
