System.Console.WriteLine("gpumlp");
