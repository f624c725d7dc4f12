namespace Concentrator.Actors.Messages;

/// <summary>Values of enumerations cross as words, so that their order may change; a word that this version does not know is its general case.</summary>
internal static class Words
{
    public static T Read<T>(string word, T otherwise)
        where T : struct, Enum => Enum.TryParse(word, out T value) && Enum.IsDefined(value) ? value : otherwise;
}
