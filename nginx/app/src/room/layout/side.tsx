/* side.tsx - what is beside the code: results over chat; on a phone, one of them at a time. */
import type { CSSProperties, ReactNode } from "react";
import { count } from "../../lib/format";
import { useStore } from "../../lib/store";
import { Button } from "../../ui/button";
import { Icon } from "../../ui/icon";
import { TestsPane } from "../cases/testspane";
import { testRun } from "../cases/testrun";
import { ChatPanel } from "../chat/chatpanel";
import { useHere, useRights } from "../context";
import { PeopleList } from "../people/peoplelist";
import { usePresent } from "../people/usepeople";
import { InputPane } from "../run/inputpane";
import { input } from "../run/input";
import { OutputPane } from "../run/output";
import { RunList } from "../run/runlist";
import { TerminalPane } from "../terminal/terminalpane";
import { Pill } from "../status/pill";
import { CHAT, fold, layout, resize, showTab, type Pane, type SideTab } from "./layout";
import { Splitter } from "./splitter";
import styles from "./side.module.css";

export function SidePane({ onShare }: { onShare: () => void }) {
	const { chat, chatOpen } = useStore(layout, (s) => s);
	return (
		<div id="side" className={styles.side} style={{ "--chat": `${chat}px` } as CSSProperties}>
			<section className={styles.results} data-region="results" aria-label="Results"><Results /></section>
			{chatOpen
				? <Splitter direction="horizontal" label="Height of the chat" controls="chat" value={chat} bounds={CHAT} onResize={(to) => resize("chat", to)} onFold={() => fold("chatOpen", false)} />
				: null}
			<section id="chat" className={`${styles.chat} ${chatOpen ? "" : styles.folded}`} data-region="chat" aria-label="Chat">
				<ChatHead open={chatOpen} />
				{chatOpen ? <><Alone onShare={onShare} /><ChatPanel /></> : null}
			</section>
		</div>
	);
}

function ChatHead({ open }: { open: boolean }) {
	const unread = useStore(useHere().chat.state, (s) => s.unread);
	return (
		<button type="button" className={styles.head} aria-expanded={open} aria-controls="chat" onClick={() => fold("chatOpen", !open)}>
			Chat{unread > 0 ? <span className={styles.unread}>{unread} new</span> : null}
			<span className={styles.space} />
			<Icon name={open ? "down" : "up"} size={14} />
		</button>
	);
}

/* Somebody who waits for others should not have to look for the button. */
function Alone({ onShare }: { onShare: () => void }) {
	const { invite } = useRights();
	const present = usePresent();
	if (!invite || present.length > 1)
		return null;
	return <div className={styles.alone}><span>Nobody else is here.</span><Button onClick={onShare}>Share a link</Button></div>;
}

const tabs: [SideTab, string][] = [["output", "Output"], ["tests", "Tests"], ["input", "Input"], ["runs", "Runs"], ["terminal", "Terminal"]];

/* There is no room for a word at each tab of five. */
function Dot({ means }: { means: string }) {
	return <><i className={styles.dot} aria-hidden="true" /><span className="quiet">{means}</span></>;
}

function Results() {
	const tab = useStore(layout, (s) => s.tab);
	const { runs, terminal } = useHere();
	const ran = useStore(runs.state, (s) => s.list.length);
	const shell = useStore(terminal.state, (s) => s.terminal !== null && s.terminal.status !== "ended");
	const hasInput = useStore(input, (s) => s.text !== "");
	const tested = useStore(runs.state, testRun)?.cases;
	const tests = tested ? `${tested.passed}/${tested.total}` : "";
	const note: Record<SideTab, ReactNode> = {
		output: null, tests, input: hasInput ? <Dot means="set" /> : null, runs: ran > 0 ? ran : null, terminal: shell ? <Dot means="open" /> : null,
	};

	return (
		<>
			<div className={styles.tabs} role="tablist" aria-label="Results">
				{tabs.map(([id, title]) => (
					<button key={id} type="button" role="tab" className={styles.tab} aria-selected={tab === id} aria-controls="results" onClick={() => showTab(id)}>
						{title}{note[id] ? <span className={styles.note}>{note[id]}</span> : null}
					</button>
				))}
			</div>
			<div id="results" role="tabpanel" className={styles.panel}>
				{tab === "terminal" ? <TerminalPane /> : tab === "output" ? <OutputPane /> : tab === "tests" ? <TestsPane /> : tab === "input" ? <InputPane /> : <RunList />}
			</div>
		</>
	);
}

export function PhonePane({ pane, onShare }: { pane: Exclude<Pane, "code">; onShare: () => void }) {
	return (
		<section className={styles.phone} data-region={pane} aria-label={pane}>
			{pane === "output" ? <Results /> : null}
			{pane === "chat" ? <><Alone onShare={onShare} /><ChatPanel /></> : null}
			{pane === "people" ? <People onShare={onShare} /> : null}
		</section>
	);
}

function People({ onShare }: { onShare: () => void }) {
	const { invite } = useRights();
	const present = usePresent();
	return (
		<div className={styles.people}>
			<div className={styles.facts}><span>{count(present.length, "person", "people")} in the room</span><Pill /></div>
			<PeopleList />
			{invite ? <Button look="primary" large onClick={onShare}>Share a link</Button> : null}
		</div>
	);
}
