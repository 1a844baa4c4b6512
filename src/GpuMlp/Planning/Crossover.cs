using GpuMlp.Devices;

namespace GpuMlp.Planning;

/// <summary>From which size of a job on a device is faster than the CPU, by what was measured on this machine.</summary>
/// <param name="Device">The device.</param>
/// <param name="Of">What grows, the rest being the recipe's: hidden width, batch, networks or grid side.</param>
/// <param name="From">The smallest size from which on it is faster up to the largest that was tried; null if there is none.</param>
/// <param name="UpTo">The largest size that was tried; 0 where bench has measured no work of that kind.</param>
/// <param name="BeyondMeasured">
/// Whether the answer needs operations per layer that are more than any that were measured, so that it is an extrapolation.
/// </param>
public sealed record Crossover(DeviceDescription Device, string Of, int? From, int UpTo, bool BeyondMeasured);
