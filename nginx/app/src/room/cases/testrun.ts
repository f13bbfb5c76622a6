/* testrun.ts - which test run the tab shows: the one picked from the list of runs, or the newest. */
import type { Run } from "../../api/types";

export function testRun({ list, picked }: { list: Run[]; picked: string | null }): Run | undefined {
	const chosen = picked === null ? undefined : list.find((r) => r.id === picked);
	return chosen?.cases ? chosen : list.find((r) => r.cases !== undefined);
}
