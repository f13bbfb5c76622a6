/*
 * fastcgi_wire.c - FastCGI records from a connection to a request: libfcgi as the runtime uses it, then our own part.
 *
 * The input is a head of three bytes and lines `NAME=value`, an empty line, a body. The head says into how large
 * records the parameters and the body are cut, how they are padded and whether the end is missing: a gateway may cut
 * where it likes and go away at any time. Whatever comes, the connection is given up or a request is read, nothing is
 * waited for, and what is read is what was sent.
 *
 * Lengths that lie are left out: libfcgi allocates what a parameter claims to have before it has come, and a claim
 * beyond two GiB is the end of it. Only the gateway may connect to a function, and its lengths are true.
 */
#include "../../functions/lib/runtime/body.c"
#include "../../functions/lib/runtime/request.c"
#include "../../functions/lib/runtime/router.c"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where a connection ends within the parameters libfcgi forgets 48 bytes. */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

static const struct route routes[] = {
	{ .method = "GET", .path = "/api/rooms" },
	{ .method = "POST", .path = "/api/rooms", .body = ROUTE_OCTETS, .body_required = true, .body_max = 65536 },
};
static const struct function function = { .name = "rooms", .routes = routes, .routes_count = 2 };

static struct sockaddr_un address = { .sun_family = AF_UNIX };
static socklen_t address_len = sizeof(sa_family_t);	/* the kernel chooses an abstract name */
static FCGX_Request fcgi;

static void
open_listener(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	signal(SIGPIPE, SIG_IGN);
	if (bind(fd, (struct sockaddr *)&address, address_len) < 0 || listen(fd, 1) < 0)
		abort();
	address_len = sizeof(address);
	if (getsockname(fd, (struct sockaddr *)&address, &address_len) < 0 || FCGX_Init() != 0
	    || FCGX_InitRequest(&fcgi, fd, 0) != 0)
		abort();
}

/* The bytes of one type, in records of at most `most`, ended by an empty one. */
static void
add_records(struct buf *out, uint8_t type, struct bytes content, size_t most, uint8_t padding)
{
	static const uint8_t zeros[256];

	for (size_t at = 0, n = 1; n > 0; at += n) {
		n = content.len - at < most ? content.len - at : most;
		const uint8_t head[] = { 1, type, 0, 1, (uint8_t)(n >> 8), (uint8_t)n, padding, 0 };
		buf_add(out, head, sizeof(head));
		if (n > 0)
			buf_add(out, content.data + at, n);
		buf_add(out, zeros, padding);
	}
}

static void
add_length(struct buf *out, size_t n)
{
	const uint8_t four[] = { (uint8_t)(n >> 24 | 0x80), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

	if (n < 0x80)
		buf_byte(out, (uint8_t)n);
	else
		buf_add(out, four, sizeof(four));
}

/* One line is one parameter; those without `=` are names with nothing. */
static void
add_pair(struct buf *out, struct bytes line)
{
	const uint8_t *equals = memchr(line.data, '=', line.len);
	size_t name = equals != NULL ? (size_t)(equals - line.data) : line.len;
	size_t value = line.len - name - (equals != NULL);

	add_length(out, name);
	add_length(out, value);
	buf_add(out, line.data, name);
	if (value > 0)
		buf_add(out, equals + 1, value);
}

/* Lines up to the first that is empty; what follows is the body. */
static struct bytes
add_pairs(struct buf *out, struct bytes text)
{
	while (text.len > 0) {
		const uint8_t *end = memchr(text.data, '\n', text.len);
		size_t n = end != NULL ? (size_t)(end - text.data) : text.len;
		if (n > 0)
			add_pair(out, (struct bytes){ text.data, n });
		n += end != NULL;
		text.data += n;
		text.len -= n;
		if (n == 1)
			break;
	}
	return text;
}

/* A connection that has sent it all, or as much as a socket holds, and will send no more. */
static int
send_all(struct bytes data)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&address, address_len) < 0
	    || send(fd, data.data, data.len, MSG_DONTWAIT) <= 0)
		abort();
	shutdown(fd, SHUT_WR);
	return fd;
}

static void
read_request(struct bytes body)
{
	struct arena *a = arena_new(4096);
	struct request *r = arena_array(a, 1, sizeof(*r));

	r->fcgi = &fcgi;
	r->fn.arena = a;
	bool ok = request_parse(r) == 0 && router_find(r, &function) == 0 && router_params(r) == 0 && body_read(r) == 0;
	struct bytes got = r->call.octets;
	if (ok && (got.len > body.len || (got.len > 0 && memcmp(got.data, body.data, got.len) != 0)))
		abort();
	if (!ok && (r->fn.err.kind == ERR_NONE || r->fn.err.kind == ERR_INTERNAL))
		abort();
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t begin[] = { 1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
	struct buf params = { 0 }, sent = { 0 };

	if (size < 3 || size > 16384)
		return 0;
	if (address_len == sizeof(sa_family_t))
		open_listener();
	struct bytes body = add_pairs(&params, (struct bytes){ data + 3, size - 3 });
	buf_add(&sent, begin, sizeof(begin));
	add_records(&sent, 4, buf_bytes(&params), data[0] < 128 ? 65535 : data[0] - 127u, data[1]);
	add_records(&sent, 5, body, data[0] & 1 ? 65535 : 64 + data[0], data[1] & 7);
	if (data[2] >= 128)	/* it goes away before the end */
		sent.len -= sent.len * (data[2] - 128u) / 256;
	int fd = send_all(buf_bytes(&sent));
	if (FCGX_Accept_r(&fcgi) >= 0) {
		read_request(body);
		FCGX_Finish_r(&fcgi);
	}
	close(fd);
	buf_free(&params);
	buf_free(&sent);
	return 0;
}
