#include "twice.hpp"

int twice(int n)
{
	return 2 * n;
}
