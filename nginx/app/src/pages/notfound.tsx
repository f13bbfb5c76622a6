/* notfound.tsx - there is nothing at this address. */
import { Link } from "../lib/router";
import { Doorway } from "./doorway";

export function NotFound() {
	return <Doorway title="There is nothing here" lead="The address may be mistyped, or the page has gone." foot={<Link href="/">Go to your rooms</Link>} />;
}
