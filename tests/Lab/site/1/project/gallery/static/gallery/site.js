for (const time of document.querySelectorAll(".notice time")) {
  time.textContent = new Date(time.dateTime).toLocaleString();
}
