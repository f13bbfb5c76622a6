/* types.ts - the contract's shapes by name. All of them come from schemas/api.yaml. */
import type { components } from "./generated";

type Schemas = components["schemas"];

export type Problem = Schemas["Problem"];
export type Session = Schemas["Session"];
export type Me = Schemas["Me"];
export type User = Schemas["User"];
export type Participant = Schemas["Participant"];
export type Role = Schemas["Role"];
export type Room = Schemas["Room"];
export type RoomSummary = Schemas["RoomSummary"];
export type RoomEvent = Schemas["RoomEvent"];
export type Language = Schemas["Language"];
export type ChatMessage = Schemas["ChatMessage"];
export type Run = Schemas["Run"];
export type RunStatus = Schemas["RunStatus"];
export type RunChunk = Schemas["RunChunk"];
export type RunFile = Schemas["RunFile"];
export type Terminal = Schemas["Terminal"];
export type TerminalChunk = Schemas["TerminalChunk"];
export type TestCase = Schemas["TestCase"];
export type TestCaseNew = Schemas["TestCaseNew"];
export type RunCase = Schemas["RunCase"];
export type CaseVerdict = Schemas["CaseVerdict"];
export type CaseStatus = Schemas["CaseStatus"];
export type Invite = Schemas["Invite"];
