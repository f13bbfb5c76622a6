int main()
{
	return missing;
}
