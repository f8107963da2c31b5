// <button data-copy="#field" data-copied="…" data-select="…">: copies a field's text. Without HTTPS a browser
// offers no clipboard; then the text is selected and copied the old way, or left selected for the user to copy.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  field.focus();
  field.select();
  field.setSelectionRange(0, field.value.length);
  let copied = false;
  try {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(field.value);
      copied = true;
    } else {
      copied = document.execCommand("copy");
    }
  } catch {
    copied = false;
  }
  button.textContent = copied ? button.dataset.copied : button.dataset.select;
});
