class Program
{
    static void Main()
    {
        missing = 1;
    }
}
