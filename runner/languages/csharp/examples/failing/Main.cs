using System;

class Program
{
    static void Main()
    {
        Console.WriteLine("so far, so good");
        throw new InvalidOperationException("this one is meant to fail");
    }
}
