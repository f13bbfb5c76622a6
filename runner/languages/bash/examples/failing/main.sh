set -eu
echo "so far, so good"
echo "this one is meant to fail" >&2
exit 3
