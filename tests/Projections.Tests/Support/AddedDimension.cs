using System.Runtime.CompilerServices;
using Adclicks.Domain.Rollups;

namespace Adclicks.Projections.Tests.Support;

/// <summary>A dimension that the product has not: all of these tests run with one entry more in the catalogue, and no other change.</summary>
internal static class AddedDimension
{
    public const Dimension Dimension = Domain.Rollups.Dimension.Browser + 1;

    /// <summary>Before anything reads the catalogue.</summary>
    [ModuleInitializer]
    internal static void Add() => DimensionCatalogue.Entries.Add(new("crawler", static (in click) => click.Crawler));
}
