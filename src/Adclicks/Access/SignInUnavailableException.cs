namespace Adclicks.Access;

/// <summary>Whether a key or token is good cannot be told for now.</summary>
internal sealed class SignInUnavailableException(string message) : Exception(message);
