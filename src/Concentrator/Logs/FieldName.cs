using System.Text;

namespace Concentrator.Logs;

/// <summary>The names of values: <c>ReqId</c> in the program is <c>req_id</c> in JSON and <c>REQ_ID</c> in the journal.</summary>
internal static class FieldName
{
    public static string Snake(string pascal)
    {
        StringBuilder name = new(pascal.Length + 4);
        for (int i = 0; i < pascal.Length; i++)
        {
            if (i > 0 && char.IsUpper(pascal[i])) name.Append('_');
            name.Append(char.ToLowerInvariant(pascal[i]));
        }

        return name.ToString();
    }
}
