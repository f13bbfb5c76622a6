/*
 * box_limits.c - see box_limits.h.
 *
 * A run gets half a processor, so that the same program takes the same time whoever else is here; what it saved up
 * while it waited lets an interpreter start unthrottled. A compiler is not compared with anything: it gets two.
 */
#include "box_limits.h"

#define MIB(n) (INT64_C(n) << 20)

static const struct box_limits limits[BOX_CLASSES] = {
	[BOX_RUN] = { "run", .memory = MIB(256), .work = MIB(64), .tmp = MIB(64), .output = MIB(1),
	    .cpu_quota_us = 50000, .cpu_burst_us = 50000, .pids = 64, .files = 512 },
	[BOX_COMPILE] = { "compile", .memory = MIB(1024), .work = MIB(256), .tmp = MIB(256), .output = MIB(1),
	    .wall_ms = 60000, .cpu_quota_us = 200000, .cpu_burst_us = 0, .pids = 128, .files = 1024 },
	[BOX_TERMINAL] = { "terminal", .memory = MIB(256), .work = MIB(64), .tmp = MIB(64), .output = MIB(1024),
	    .cpu_quota_us = 50000, .cpu_burst_us = 50000, .pids = 64, .files = 512 },
	[BOX_INSTALL] = { "install", .memory = MIB(512), .work = MIB(256), .tmp = MIB(128), .output = MIB(1),
	    .cpu_quota_us = 100000, .cpu_burst_us = 0, .pids = 64, .files = 512 },
};

const struct box_limits *
box_limits(enum box_class class)
{
	return &limits[class];
}
