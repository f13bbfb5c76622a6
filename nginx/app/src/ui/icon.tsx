/* icon.tsx - the line icons, 24 units square, drawn in the colour of the text around them. */
const paths = {
	code: "m8 8-4 4 4 4m8-8 4 4-4 4",
	output: "m6 8 4 4-4 4m6 0h6",
	chat: "M4 5h16v11H9l-5 4z",
	people: "M9 11a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.400zm-6 8.400c.5-3.3 2.9-5.2 6-5.200s5.5 1.9 6 5.200M16 5a3 3 0 0 1 0 5.800m2 3.700c1.7.8 2.7 2.4 3 4.9",
	more: "M5 12h.01M12 12h.01M19 12h.01",
	close: "m6 6 12 12M18 6 6 18",
	plus: "M12 5v14M5 12h14",
	down: "m6 9 6 6 6-6",
	up: "m6 15 6-6 6 6",
	side: "M4 5h16v14H4zM14 5v14",
	play: "M8 5.500v13l10.5-6.500z",
	stop: "M7 7h10v10H7z",
	copy: "M9 9h10v11H9zM5 15V4h10",
	check: "m5 12.5 4.5 4.500L19 7.5",
	eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 14.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
	undo: "M8 5 4 9l4 4M4 9h9.500a5.5 5.5 0 0 1 0 11H8",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
	return (
		<svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={name === "more" ? 3 : 2}
			strokeLinecap="round" strokeLinejoin="round" aria-hidden="true"><path d={paths[name]} /></svg>
	);
}
