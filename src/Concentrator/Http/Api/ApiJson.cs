using System.Text.Json;
using System.Text.Json.Serialization;

namespace Concentrator.Http.Api;

/// <summary>How the models are written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StatusModel))]
[JsonSerializable(typeof(IkeSaPageModel))]
[JsonSerializable(typeof(IkeSaModel))]
[JsonSerializable(typeof(LadderModel))]
[JsonSerializable(typeof(StepModel))]
[JsonSerializable(typeof(LadderListModel))]
[JsonSerializable(typeof(RefusalListModel))]
[JsonSerializable(typeof(RatesModel))]
[JsonSerializable(typeof(ClusterModel))]
[JsonSerializable(typeof(AcceptedModel))]
[JsonSerializable(typeof(ErrorModel))]
internal sealed partial class ApiJson : JsonSerializerContext;
