/*
 * people.ts - who is who: colours by order of arrival, who is here, who is where.
 *
 * The server says who is a participant and who is present; awareness says only where carets are.
 * Names and colours come from the server's list, so nobody can wear another's.
 */
import type { Participant, Role } from "../../api/types";
import { createStore, type Store } from "../../lib/store";

export interface Person extends Participant {
	hue: number;
}

export interface PeopleState {
	everyone: ReadonlyMap<string, Person>;
	here: ReadonlySet<string>;
}

const HUES = 8;

export const roleNames: Record<Role, string> = { owner: "owner", interviewer: "interviewer", candidate: "candidate", observer: "observer" };

export class People {
	readonly state: Store<PeopleState>;

	constructor(participants: Participant[], readonly me: string) {
		this.state = createStore<PeopleState>({ everyone: new Map(), here: new Set([me]) });
		this.everyone(participants);
	}

	/* All who have ever been here, in the order they came: the same colours in every window. */
	everyone(participants: Participant[]): void {
		this.state.set({ everyone: new Map(participants.map((p, i) => [p.id, { ...p, hue: (i % HUES) + 1 }])) });
	}

	/* Some of them, perhaps new: those come after the others. */
	know(participants: Participant[]): void {
		this.state.set(({ everyone }) => {
			const all = new Map(everyone);
			for (const p of participants)
				all.set(p.id, { ...p, hue: everyone.get(p.id)?.hue ?? (all.size % HUES) + 1 });
			return { everyone: all };
		});
	}

	/* Who is here now; returns those that have just come and gone. */
	present(participants: Participant[]): { came: Person[]; went: Person[] } {
		const before = this.state.get().here;
		this.know(participants);
		const here = new Set(participants.map((p) => p.id)).add(this.me);
		this.state.set({ here });
		const { everyone } = this.state.get();
		const pick = (from: ReadonlySet<string>, but: ReadonlySet<string>) =>
			[...from].filter((id) => !but.has(id)).flatMap((id) => everyone.get(id) ?? []);
		return { came: pick(here, before), went: pick(before, here) };
	}

	person(id: string): Person | undefined {
		return this.state.get().everyone.get(id);
	}
}
