/* late.tsx - shows its children only if it is still there after 300 ms: what loads quickly never flickers. */
import { useEffect, useState, type ReactNode } from "react";

const AFTER_MS = 300;

export function Late({ children }: { children: ReactNode }) {
	const [due, setDue] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setDue(true), AFTER_MS);
		return () => clearTimeout(timer);
	}, []);
	return due ? children : null;
}
