/*
 * runner_cache.c - a file of the cache of compiled programs, as somebody left it. What is believed lies inside the
 * file, fills it, and is what would be written for it again.
 *
 * Each input is read twice: as it is, and with its lengths and its sum made right, since chance finds neither.
 */
#include "../../runner/daemon/cache.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char key[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static bool
check(const uint8_t *data, size_t size)
{
	struct cache_entry e;
	char sum[DIGEST_LEN];

	if (!cache_parse(data, size, key, &e))
		return false;
	if (e.said.data < data || e.said.data + e.said.len != e.artifact.data ||
	    e.artifact.data + e.artifact.len != data + size)
		abort();
	sum_of(key, &e, sum);
	if (memcmp(sum, ((const struct head *)data)->sum, sizeof(sum)) != 0)
		abort();
	return true;
}

/* The first byte after the head says how much of the rest the compiler said. */
static void
make_right(uint8_t *data, size_t size)
{
	struct head h;
	size_t rest = size - sizeof(h), said = rest > 0 ? data[sizeof(h)] % (rest + 1) : 0;
	struct cache_entry e = { { data + sizeof(h), said }, { data + sizeof(h) + said, rest - said } };

	memcpy(h.magic, magic, sizeof(magic));
	h.said = (uint32_t)said;
	h.artifact = (uint32_t)(rest - said);
	sum_of(key, &e, h.sum);
	memcpy(data, &h, sizeof(h));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);

	memcpy(copy, data, size);
	check(copy, size);
	if (size >= sizeof(struct head)) {
		make_right(copy, size);
		if (!check(copy, size))
			abort();
		copy[size - 1] ^= 1;	/* the last of the program, or of the sum */
		if (check(copy, size))
			abort();
	}
	free(copy);
	return 0;
}
