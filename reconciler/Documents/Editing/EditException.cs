namespace Reconciler.Documents.Editing;

/// <summary>A document is not rewritten; the message says where, why, and what to do.</summary>
internal sealed class EditException(string message) : Exception(message);
