// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasi:http/incoming-handler of 0.2, and wasi:http/handler of 0.3. The component is linked once; an
// instance has a State, which its host functions find by Instance::userData, and whose end ends all
// resources of the guest.
#include "runtime/component/ComponentInstance.h"
#include "runtime/serve/Application.h"
#include "runtime/wasi/p2/Interfaces.h"
#include "runtime/wasi/p3/Http.h"

namespace w2n::serve {

namespace {

using runtime::Component;
using runtime::ComponentInstance;
using runtime::ComponentValue;
using runtime::LinkedComponent;
using wasi::p2::State;

class ComponentApplication final : public Application {
public:
  ComponentApplication(const ApplicationOptions &options) : options(options) {}

  Status link(std::shared_ptr<const runtime::Module> module) {
    W2N_TRY(component, Component::create(std::move(module)));
    asyncHandler = component->findExport("wasi:http/handler@0.3.0", "handle");
    handler = component->findExport("wasi:http/incoming-handler@0.2.0", "handle");
    if (!handler && !asyncHandler)
      return fail(ErrorKind::Link, "no exported function 'handle' of wasi:http/handler or "
                                   "incoming-handler: the component answers no requests");
    auto host = std::make_shared<runtime::HostInterfaces>();
    W2N_CHECK(wasi::p2::definePerInstance(*host, prototype, options.wasi.trace));
    W2N_TRY(made, LinkedComponent::link(std::move(component), std::move(host), options.instance));
    linked = std::move(made);
    return {};
  }

  Status handle(std::shared_ptr<Exchange> exchange) override {
    W2N_TRY(context, wasi::WasiContext::create(options.wasi));
    State state(std::move(context), prototype);
    state.httpClient = options.httpClient;
    runtime::InstanceOptions instanceOptions = options.instance;
    instanceOptions.userData = static_cast<runtime::HostContext *>(&state);
    W2N_TRY(instance, ComponentInstance::instantiate(linked, std::move(instanceOptions)));
    const auto ended = asyncHandler ? callAsync(*instance, state, std::move(exchange))
                                    : call(*instance, state, std::move(exchange));
    // Before the state, which what it drops is in.
    instance.reset();
    return ended;
  }

private:
  /// A handle for the guest of `resource`, which is the host's.
  template <typename R>
  Result<ComponentValue> own(State &state, std::unique_ptr<R> resource) const {
    W2N_TRY(representation, state.resources.add(R::type, std::move(resource)));
    ComponentValue value = {};
    value.kind = W2N_COMPONENT_OWN;
    value.of.resource = {
        reinterpret_cast<const w2n_component_resource *>(state.hostResourceOf(R::type)),
        representation};
    return value;
  }

  Status call(ComponentInstance &instance, State &state, std::shared_ptr<Exchange> exchange) const {
    auto request = std::make_unique<wasi::p2::IncomingRequest>();
    const http::RequestHead &head = exchange->head;
    request->method = head.method;
    request->pathWithQuery = head.target;
    const std::string *host = http::findField(head.fields, "host");
    request->authority = host ? *host : "";
    request->isSecure = exchange->peer.usesTls;
    request->headers = wasi::p2::makeFields(head.fields, /*isImmutable=*/true);
    request->body = exchange->body;
    auto outparam = std::make_unique<wasi::p2::ResponseOutparam>(std::move(exchange));
    W2N_TRY(requestHandle, own(state, std::move(request)));
    W2N_TRY(outparamHandle, own(state, std::move(outparam)));
    const ComponentValue arguments[] = {requestHandle, outparamHandle};
    W2N_CHECK(instance.call(*handler, arguments));
    return instance.finish();
  }

  Status callAsync(ComponentInstance &instance, State &state,
                   std::shared_ptr<Exchange> exchange) const {
    auto request = std::make_unique<wasi::p3::Request>();
    const http::RequestHead &head = exchange->head;
    request->method = head.method;
    request->pathWithQuery = head.target;
    if (const std::string *host = http::findField(head.fields, "host"); host && !host->empty())
      request->authority = *host;
    if (request->scheme.emplace(); exchange->peer.usesTls)
      request->scheme->value.emplace<1>();
    request->headers = wasi::p2::makeFields(head.fields, /*isImmutable=*/true);
    request->body.reader = exchange->body;
    W2N_TRY(requestHandle, own(state, std::move(request)));
    W2N_TRY(result, instance.call(*asyncHandler, {&requestHandle, 1}));
    if (!result || result->kind != W2N_COMPONENT_RESULT || !result->of.payload)
      return fail(ErrorKind::Malformed, "the handler has another type");
    if (result->index != 0) {
      exchange->respondWith(http::Failure(result->of.payload->index));
      return instance.finish();
    }
    auto taken = state.resources.take(wasi::p3::Response::type,
                                      uint32_t(result->of.payload->of.resource.representation));
    if (!taken)
      return fail(ErrorKind::Malformed, "the handler has another type");
    auto &response = static_cast<wasi::p3::Response &>(*taken);
    return instance.runHostTask([&](runtime::HostTasks &tasks) {
      return wasi::p3::sendResponse(state, tasks, *exchange, response);
    });
  }

  const ApplicationOptions options;
  const wasi::p2::StatePrototype prototype;
  std::shared_ptr<const LinkedComponent> linked;
  const component::WorldFunction *handler = nullptr, *asyncHandler = nullptr;
};

} // namespace

Result<std::shared_ptr<Application>>
makeComponentApplication(std::shared_ptr<const runtime::Module> module,
                         const ApplicationOptions &options) {
  auto application = std::make_shared<ComponentApplication>(options);
  W2N_CHECK(application->link(std::move(module)));
  return application;
}

} // namespace w2n::serve
