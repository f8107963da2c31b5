// <button data-copy="#field" data-copied="…" data-select="…">: copies a field's text. The old way first: it answers
// at once and works without HTTPS, where a browser offers no clipboard; the new one may wait for a permission that
// nobody is asked for. If neither does, the text stays selected for the user to copy.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  field.focus();
  field.select();
  field.setSelectionRange(0, field.value.length);
  let copied = document.execCommand("copy");
  if (!copied && navigator.clipboard && window.isSecureContext) {
    copied = await Promise.race([
      navigator.clipboard.writeText(field.value).then(() => true, () => false),
      new Promise((resolve) => setTimeout(resolve, 1000, false)),
    ]);
  }
  button.textContent = copied ? button.dataset.copied : button.dataset.select;
});
