/* app.tsx - which page an address is. */
import { Suspense, lazy } from "react";
import { usePath } from "./lib/router";
import { Dashboard } from "./pages/dashboard/dashboard";
import { DashboardSkeleton } from "./pages/dashboard/skeleton";
import { First } from "./pages/first";
import { Forgot } from "./pages/forgot";
import { Guard } from "./pages/guard";
import { Join } from "./pages/join";
import { Left } from "./pages/left";
import { loadRoom } from "./pages/lazy";
import { NotFound } from "./pages/notfound";
import { Reset } from "./pages/reset";
import { SignIn } from "./pages/signin";
import { SignUp } from "./pages/signup";
import { Announcer } from "./ui/announcer";
import { Late } from "./ui/late";
import { RoomSkeleton } from "./pages/roomskeleton";

const RoomPage = lazy(async () => ({ default: (await loadRoom()).RoomPage }));

function Page({ path }: { path: string }) {
	const room = /^\/r\/([\w-]{22})\/?$/.exec(path)?.[1];
	if (room)
		return (
			<Guard guests waiting={<RoomSkeleton />}>
				<Suspense fallback={<Late><RoomSkeleton /></Late>}><RoomPage key={room} id={room} /></Suspense>
			</Guard>
		);
	switch (path) {
	case "/":
		return <Guard waiting={<DashboardSkeleton />}><Dashboard /></Guard>;
	case "/signin":
		return <SignIn />;
	case "/signup":
		return <SignUp />;
	case "/forgot":
		return <Forgot />;
	case "/reset":
		return <Reset />;
	case "/first":
		return <First />;
	case "/left":
		return <Left />;
	case "/join":
		return <Join />;
	default:
		return <NotFound />;
	}
}

export function App() {
	return (
		<>
			<Page path={usePath()} />
			<Announcer />
		</>
	);
}
