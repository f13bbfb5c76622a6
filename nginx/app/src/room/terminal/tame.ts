/*
 * tame.ts - lets xterm.js work under a policy that forbids inline styles.
 *
 * It writes style elements and style attributes as text; the same through the style sheets and style objects of
 * the DOM is allowed. As long as a terminal is shown, a style element that anybody makes is a stand-in that fills a
 * constructed sheet (the policy would have kept the real one from doing anything), and a span's style attribute is set
 * as its style object. xterm's own documentOverride does not reach all the places where it makes elements.
 */
const make = Document.prototype.createElement;
let users = 0;

function standIn(): HTMLElement {
	const element: HTMLElement = make.call(document, "div");
	const sheet = new CSSStyleSheet();
	element.hidden = true;
	document.adoptedStyleSheets.push(sheet);
	Object.defineProperty(element, "textContent", { get: () => "", set: (text: string) => sheet.replaceSync(text) });
	element.remove = () => {
		document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
		HTMLElement.prototype.remove.call(element);
	};
	return element;
}

function span(): HTMLElement {
	const element: HTMLElement = make.call(document, "span");
	element.setAttribute = (name, value) => {
		if (name === "style")
			element.style.cssText = value;
		else
			Element.prototype.setAttribute.call(element, name, value);
	};
	return element;
}

function create(tag: string, options?: ElementCreationOptions): HTMLElement {
	if (tag === "style")
		return standIn();
	return tag === "span" ? span() : make.call(document, tag, options);
}

/* Until the function that is returned is called. */
export function tame(): () => void {
	if (users++ === 0)
		document.createElement = create as typeof document.createElement;
	return () => {
		if (--users === 0)
			delete (document as Partial<Document>).createElement;
	};
}
