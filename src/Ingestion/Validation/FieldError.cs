using System.Text.Json.Serialization;

namespace Adclicks.Ingestion.Validation;

/// <summary>What is wrong with one field.</summary>
/// <param name="Field">Its name on the wire.</param>
/// <param name="Problem">The limit it is beyond and what kind of value it has; never the value itself.</param>
/// <param name="IsSendersName">The name is the sender's own, of something that is no field: it goes back to the sender, and nowhere else.</param>
internal readonly record struct FieldError(string Field, string Problem, [property: JsonIgnore] bool IsSendersName = false);
