using System.Runtime.CompilerServices;

// bodies have many vectors on the stack, which .NET would fill with zeros at each call
[module: SkipLocalsInit]
