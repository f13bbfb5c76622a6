/* Runs before the first paint, so that a chosen theme never flashes the other one. */
try {
	var chosen = localStorage.getItem("viva.theme");
	if (chosen === "light" || chosen === "dark")
		document.documentElement.dataset.theme = chosen;
} catch (e) {
	/* Storage is switched off: the system's theme it is. */
}
