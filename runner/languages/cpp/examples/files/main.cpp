#include "twice.hpp"
#include <iostream>

int main()
{
	std::cout << twice(21) << std::endl;
}
