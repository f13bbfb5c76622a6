/*
 * router.c - finds the operation of a request and converts its parameters.
 */
#include "request.h"

#include <string.h>

/* Who takes GET takes HEAD. */
static const char *
methods_of(const struct route *route)
{
	return strcmp(route->method, "GET") == 0 ? "GET, HEAD" : route->method;
}

/* Whether the segments fit a path like /api/rooms/{room}; with `slashes` its last parameter takes several. */
static bool
path_fits(const struct request *r, const char *path, bool slashes)
{
	for (size_t i = 0; i < r->segments_count; i++) {
		size_t len = *path == '/' ? strcspn(path + 1, "/") : 0;
		if (len == 0)
			return false;
		const char *part = path + 1, *segment = r->segments[i];
		if (*part == '{' ? *segment == '\0' : strlen(segment) != len || memcmp(segment, part, len) != 0)
			return false;
		path += len + 1;
		if (slashes && *path == '\0')
			return true;
	}
	return *path == '\0';
}

static bool
method_fits(const struct request *r, const char *method)
{
	return strcmp(r->method, method) == 0 || (strcmp(r->method, "HEAD") == 0 && strcmp(method, "GET") == 0);
}

int
router_find(struct request *r, const struct function *f)
{
	for (size_t i = 0; i < f->routes_count; i++) {
		const struct route *route = &f->routes[i];
		if (!path_fits(r, route->path, route->slashes))
			continue;
		if (method_fits(r, route->method)) {
			r->route = route;
			return 0;
		}
		r->allow = r->allow == NULL ? methods_of(route)
					    : arena_printf(r->fn.arena, "%s, %s", r->allow, methods_of(route));
	}
	return err_set(&r->fn.err, ERR_NOT_FOUND, "no operation has this path");
}

/* The segments from i on, as one. */
static const char *
rest_of(const struct request *r, size_t i)
{
	const char *rest = r->segments[i];

	while (++i < r->segments_count)
		rest = arena_printf(r->fn.arena, "%s/%s", rest, r->segments[i]);
	return rest;
}

/* The segment that stands where the path says {name}. */
static const char *
segment_of(const struct request *r, const char *name)
{
	const char *path = r->route->path;

	for (size_t i = 0; i < r->segments_count && *path != '\0'; i++) {
		size_t len = strcspn(path + 1, "/");
		if (path[1] == '{' && strlen(name) == len - 2 && memcmp(path + 2, name, len - 2) == 0)
			return path[len + 1] == '\0' ? rest_of(r, i) : r->segments[i];
		path += len + 1;
	}
	return NULL;
}

/* Where the argument stands first; arguments_count where there is none. */
static size_t
find_argument(const struct request *r, const char *name)
{
	size_t i = 0;

	while (i < r->arguments_count && strcmp(r->arguments[i].name, name) != 0)
		i++;
	return i;
}

static const char *
argument_of(const struct request *r, const char *name)
{
	size_t i = find_argument(r, name);

	return i < r->arguments_count ? r->arguments[i].value : NULL;
}

/* Every argument is known and there once. */
static int
check_arguments(struct request *r)
{
	const struct shape *shape = r->route->params;

	for (size_t i = 0; i < r->arguments_count; i++) {
		const char *name = r->arguments[i].name;
		bool known = false;
		for (size_t j = 0; shape != NULL && j < shape->count; j++)
			known |= !shape->members[j].in_path && strcmp(shape->members[j].name, name) == 0;
		if (!known)
			return err_field(&r->fn.err, name, "is not a parameter of this operation");
		if (find_argument(r, name) != i)
			return err_field(&r->fn.err, name, "is given twice");
	}
	return 0;
}

int
router_params(struct request *r)
{
	const struct shape *shape = r->route->params;

	if (check_arguments(r) < 0)
		return -1;
	if (shape == NULL)
		return 0;
	void *params = arena_array(r->fn.arena, 1, shape->size);
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_member *m = &shape->members[i];
		const char *text = m->in_path ? segment_of(r, m->name) : argument_of(r, m->name);
		if (text == NULL && m->required)
			return err_field(&r->fn.err, m->name, "is missing");
		if (text != NULL && shape_param(r->fn.arena, &r->fn.err, m, text, params) < 0)
			return -1;
	}
	r->call.params = params;
	return 0;
}
