using System.Net;
using System.Text.Json.Serialization.Metadata;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace Reconciler.Secrets.Aws;

/// <summary>
/// Calls of an AWS service that speaks the JSON 1.1 protocol, for services whose own package is not to be had. Credentials (profiles,
/// environment, instance role, assumed roles), SigV4, endpoints (<c>AWS_ENDPOINT_URL</c> too), retries and throttling are AWSSDK.Core's.
/// </summary>
/// <param name="prefix">Of <c>X-Amz-Target</c>: <c>targetPrefix</c> of the published service model.</param>
internal sealed class AwsJsonClient(AwsJsonConfig config, string prefix) : AmazonServiceClient(config)
{
    /// <exception cref="AmazonServiceException">The service said no; with its error code.</exception>
    /// <exception cref="AmazonClientException">It was not reached, or there are no credentials.</exception>
    public async Task<TAnswer> CallAsync<TAsked, TAnswer>(
        string operation, TAsked asked, JsonTypeInfo<TAsked> asks, JsonTypeInfo<TAnswer> answers, CancellationToken cancellation)
    {
        var request = new Request($"{prefix}.{operation}", System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(asked, asks));
        var response = await InvokeAsync<Response>(request, Options, cancellation);
        return System.Text.Json.JsonSerializer.Deserialize(response.Body, answers)
            ?? throw new AmazonClientException($"{operation} was answered with null.");
    }

    private InvokeOptions Options { get; } = new() { RequestMarshaller = new Marshaller(config.ServiceId), ResponseUnmarshaller = new Unmarshaller() };

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline) =>
        pipeline.AddHandlerAfter<Amazon.Runtime.Internal.Marshaller>(new SigV4());

    private sealed class Request(string target, byte[] body) : AmazonWebServiceRequest
    {
        public string Target => target;

        public byte[] Body => body;
    }

    private sealed class Response : AmazonWebServiceResponse
    {
        public byte[] Body { get; init; } = [];
    }

    /// <summary>AWS JSON 1.1: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html.</summary>
    private sealed class Marshaller(string service) : IMarshaller<IRequest, AmazonWebServiceRequest>
    {
        public IRequest Marshall(AmazonWebServiceRequest input)
        {
            var asked = (Request)input;
            var request = new DefaultRequest(asked, service) { HttpMethod = "POST", ResourcePath = "/", Content = asked.Body };
            request.Headers["X-Amz-Target"] = asked.Target;
            request.Headers["Content-Type"] = "application/x-amz-json-1.1";
            return request;
        }
    }

    private sealed class Unmarshaller : JsonResponseUnmarshaller
    {
        public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext context)
        {
            using var body = new MemoryStream();
            context.Stream.CopyTo(body);
            return new Response { Body = body.ToArray() };
        }

        public override AmazonServiceException UnmarshallException(
            JsonUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
        {
            var reader = new StreamingUtf8JsonReader(context.Stream);
            var error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(context, ref reader);
            return new(error.Message, innerException, error.Type, error.Code, error.RequestId, statusCode);
        }
    }

    private sealed class SigV4 : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) =>
            [new Option()];

        private sealed class Option : IAuthSchemeOption
        {
            public string SchemeId { get; set; } = "aws.auth#sigv4";

            public string ShortName => "sigv4";
        }
    }
}

/// <summary>Which service is asked, and where: its name as the SDKs know it, the first word of its host names, its API version.</summary>
internal sealed class AwsJsonConfig : ClientConfig
{
    private readonly string _endpointPrefix;
    private readonly string _version;

    public AwsJsonConfig(string service, string endpointPrefix, string version) : base(new DefaultConfigurationProvider([new Defaults()]))
    {
        (_endpointPrefix, _version) = (endpointPrefix, version);
        ServiceId = service;
        AuthenticationServiceName = endpointPrefix;
    }

    public override string RegionEndpointServiceName => _endpointPrefix;

    public override string ServiceVersion => _version;

    public override string UserAgent => "reconciler";

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        new(ServiceURL ?? $"https://{_endpointPrefix}.{RegionEndpoint.SystemName}.{RegionEndpoint.PartitionDnsSuffix}");

    private sealed class Defaults : IDefaultConfiguration
    {
        public DefaultConfigurationMode Name => DefaultConfigurationMode.Standard;

        public RequestRetryMode RetryMode => RequestRetryMode.Standard;

        public S3UsEast1RegionalEndpointValue S3UsEast1RegionalEndpoint => S3UsEast1RegionalEndpointValue.Regional;

        public TimeSpan? ConnectTimeout => TimeSpan.FromSeconds(3.1);

        public TimeSpan? TlsNegotiationTimeout => TimeSpan.FromSeconds(3.1);

        public TimeSpan? TimeToFirstByteTimeout => null;

        public TimeSpan? HttpRequestTimeout => TimeSpan.FromSeconds(20);
    }
}
