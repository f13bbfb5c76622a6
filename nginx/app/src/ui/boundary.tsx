/* boundary.tsx - when a part of the page breaks, words and a way on instead of an empty window. */
import { Component, type ReactNode } from "react";
import { Doorway } from "../pages/doorway";
import { Button } from "./button";

export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
	override state = { broken: false };

	static getDerivedStateFromError() {
		return { broken: true };
	}

	override render() {
		if (!this.state.broken)
			return this.props.children;
		return (
			<Doorway title="This page broke" lead="What you typed in a room is saved or kept in this browser. Reload the page to go on.">
				<Button look="primary" large onClick={() => location.reload()}>Reload</Button>
			</Doorway>
		);
	}
}
