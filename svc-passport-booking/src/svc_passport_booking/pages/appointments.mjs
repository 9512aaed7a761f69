// The pages /appointments: what stands behind `#` in the address is put into a form, and how much time is
// left is counted. Nothing is confirmed before somebody presses the button; without scripts all but the
// link works.

const SECRET = /^[A-Za-z0-9_-]{40,64}$/;
const CODE = /^[A-Za-z0-9]{4,16}$/;

function countDown(place) {
  const until = new Date(place.dataset.until);
  const show = () => {
    const seconds = Math.max(0, Math.floor((until - Date.now()) / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
    const parts = hours ? [hours, minutes, seconds % 60] : [minutes, seconds % 60];
    place.textContent = `${place.dataset.words} ${parts.map((part) => String(part).padStart(2, "0")).join(":")}`;
    if (!seconds) clearInterval(timer);
  };
  const timer = setInterval(show, 1000);
  place.setAttribute("role", "timer");
  show();
}

/** What the link is about, without confirming it. */
async function showHeld(form) {
  const answer = await fetch("/appointments/confirm/held", { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["held", "told"]) {
    const part = page.getElementById(id);
    if (part) document.getElementById(id).replaceWith(document.adoptNode(part));
  }
  form.hidden = !answer.ok;
  for (const other of document.querySelectorAll("#by-digits, #again")) other.hidden = answer.ok;
  for (const place of document.querySelectorAll("#held [data-until]")) countDown(place);
}

async function takeFragment() {
  const fragment = location.hash.slice(1);
  const [byLink, find] = [document.querySelector("#by-link"), document.querySelector("#find")];
  if (find && CODE.test(fragment)) find.elements.code.value = fragment;
  if (!byLink || !SECRET.test(fragment)) return;
  byLink.elements.secret.value = fragment;
  byLink.hidden = false;
  for (const link of document.querySelectorAll(".languages a")) link.hash = location.hash;
  try {
    await showHeld(byLink);
  } catch {
    // without an answer the button is still there
  }
}

for (const place of document.querySelectorAll("[data-until]")) countDown(place);
addEventListener("hashchange", takeFragment);
takeFragment();
