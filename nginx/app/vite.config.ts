/*
 * How the app is built. Output goes to APP_OUT (build/app); compress.mjs puts a .gz and a .br beside
 * each file, so that nginx never compresses at run time.
 *
 * The room is a lazy route, and its editor a lazy part of it (src/pages/lazy.ts).
 */
import { createHash } from "node:crypto";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const stack = process.env["VIVA_URL"] ?? "http://127.0.0.1:8080";

/* Short class names, readable in a test and unique by file. */
function className(name: string, file: string): string {
	const stem = (file.split("/").pop() ?? "").split(".")[0] ?? "";
	const salt = createHash("sha256").update(file.split("/src/").pop() ?? file).digest("hex").slice(0, 4);
	return `${stem}-${name}-${salt}`;
}

export default defineConfig({
	plugins: [react()],
	css: { modules: { generateScopedName: className } },
	build: {
		outDir: process.env["APP_OUT"] ?? "../../build/app",
		emptyOutDir: true,
		target: ["chrome123", "firefox125", "safari17.5"],
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
	},
	server: { proxy: { "/api": stack, "/ws": { target: stack, ws: true } } },
});
