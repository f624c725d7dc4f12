using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Concentrator.Vici;

namespace Concentrator.Control;

/// <summary>What a gateway says as JSON: sections are objects, lists arrays, and every value is text, by the names that vici has.</summary>
internal static class ViciJson
{
    private static readonly JsonSerializerOptions Lines = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject Of(ViciSection section)
    {
        JsonObject json = [];
        foreach ((string key, byte[] value) in section.Values) json[key] = Encoding.UTF8.GetString(value);
        foreach ((string key, List<byte[]> list) in section.Lists) json[key] = new JsonArray([.. list.Select(item => JsonValue.Create(Encoding.UTF8.GetString(item)))]);
        foreach ((string key, ViciSection inner) in section.Sections) json[key] = Of(inner);
        return json;
    }

    /// <summary>On one line.</summary>
    public static string Text(JsonNode json) => json.ToJsonString(Lines);
}
