#include <iostream>
#include <string>

int main()
{
	std::string name;

	std::getline(std::cin, name);
	std::cout << "hello, " << (name.empty() ? "world" : name) << '\n';
}
