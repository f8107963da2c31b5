// Imports: the drop area of the upload, and the page that waits for the worker.

const prepareUpload = (upload) => {
  const input = upload.querySelector("input[type=file]");
  const drop = upload.querySelector("[data-drop]");
  const chosen = upload.querySelector("[data-chosen]");
  const button = upload.querySelector("button");
  upload.classList.add("imp-on");

  const look = () => {
    const file = input.files[0];
    const tooLarge = file && file.size > Number(upload.dataset.limit) * 1024 * 1024;
    chosen.textContent = !file ? "" : tooLarge ? upload.dataset.tooLarge : file.name;
    chosen.classList.toggle("imp-error", Boolean(tooLarge));
    button.disabled = !file || tooLarge;
  };
  look();
  // Caught on the way down: unfold's own listener expects a field of its widget beside every file input.
  upload.addEventListener(
    "change",
    (event) => {
      event.stopPropagation();
      look();
    },
    true,
  );
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("imp-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.remove("imp-over");
    });
  }
  drop.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    input.files = one.files;
    look();
  });
  upload.addEventListener("submit", () => {
    button.disabled = true;
    chosen.textContent = upload.dataset.sending;
  });
  // Back from the next page, the browser shows this one as it was left: sending.
  addEventListener("pageshow", look);
};

const watch = (busy) => {
  const part = (name) => busy.querySelector(`[data-${name}]`);
  const bar = part("bar");

  const show = (now) => {
    bar.classList.toggle("imp-bar-open", now.percent === null);
    bar.firstElementChild.style.width = `${now.percent ?? 0}%`;
    if (now.percent === null) bar.removeAttribute("aria-valuenow");
    else bar.setAttribute("aria-valuenow", now.percent);
    part("figures").textContent = now.figures;
    part("left").textContent = now.left;
    part("waiting").hidden = !now.waiting_for;
    part("waiting-name").textContent = now.waiting_for ?? "";
    part("worker").hidden = !now.worker_missing;
  };

  const ask = async () => {
    try {
      const answer = await fetch(busy.dataset.progress, { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 403 || answer.status === 404) {
        location.reload();
        return;
      }
      if (answer.ok) {
        const now = await answer.json();
        if (!now.busy || now.state !== busy.dataset.state) {
          location.reload();
          return;
        }
        show(now);
      }
    } catch {
      // The server restarts or the network is away: ask on.
    }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 1000);
};

// The list loads its scripts in the head, the other pages deferred.
const begin = () => {
  document.querySelectorAll("[data-upload]").forEach(prepareUpload);
  document.querySelectorAll("[data-progress]").forEach(watch);
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
