#include <iostream>
#include <stdexcept>

int main()
{
	std::cout << "so far, so good" << std::endl;
	throw std::runtime_error("this one is meant to fail");
}
