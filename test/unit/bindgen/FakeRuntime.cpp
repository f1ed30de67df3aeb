// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "test/unit/bindgen/FakeRuntime.h"

struct w2n_error {
  std::string text;
};

struct w2n_component_instance {
  const w2n_component *component;
};

w2n_component_linker::~w2n_component_linker() {
  for (const auto &end : ends)
    end();
}

extern "C" {

w2n_error *w2n_error_new(const char *text) { return new w2n_error{text}; }
void w2n_error_free(w2n_error *error) { delete error; }
const char *w2n_error_text(const w2n_error *error) { return error->text.c_str(); }

w2n_error *w2n_module_load(const char *, w2n_module **) { return w2n_error_new("no file"); }
void w2n_module_free(w2n_module *) {}
w2n_error *w2n_component_new(const w2n_module *, w2n_component **) { return nullptr; }
void w2n_component_free(w2n_component *component) { delete component; }
const w2n_component_function *w2n_component_find_export(const w2n_component *component,
                                                        const char *interface, const char *name) {
  const auto found = component->functions.find(std::string(interface) + "#" + name);
  return found == component->functions.end() ? nullptr : &found->second;
}

w2n_component_linker *w2n_component_linker_new() { return new w2n_component_linker(); }
void w2n_component_linker_free(w2n_component_linker *linker) { delete linker; }

w2n_error *w2n_component_linker_define_function(w2n_component_linker *linker, const char *interface,
                                                const char *name, w2n_component_callback callback,
                                                void *user, w2n_finalizer finalizer) {
  const std::string key = std::string(interface) + "#" + name;
  if (!linker->functions.emplace(key, w2n_component_linker::Function{callback, user}).second)
    return w2n_error_new((key + " is defined twice").c_str());
  linker->ends.push_back([finalizer, user] { finalizer(user); });
  return nullptr;
}

w2n_error *w2n_component_linker_define_resource(w2n_component_linker *linker, const char *interface,
                                                const char *name, w2n_component_destroy destroy,
                                                void *user, w2n_finalizer finalizer,
                                                const w2n_component_resource **out) {
  const auto [made, isNew] = linker->resources.emplace(
      std::string(interface) + "#" + name,
      w2n_component_resource{name, [destroy, user](uint32_t each) { destroy(user, each); }});
  if (!isNew)
    return w2n_error_new((made->first + " is defined twice").c_str());
  linker->ends.push_back([finalizer, user] { finalizer(user); });
  *out = &made->second;
  return nullptr;
}

w2n_error *w2n_component_linker_instantiate(w2n_component_linker *, const w2n_component *component,
                                            w2n_component_instance **out) {
  *out = new w2n_component_instance{component};
  return nullptr;
}
void w2n_component_instance_free(w2n_component_instance *instance) { delete instance; }

w2n_error *w2n_component_instance_call(w2n_component_instance *,
                                       const w2n_component_function *function,
                                       const w2n_component_value *arguments, size_t count,
                                       const w2n_component_value **result) {
  return function->call({arguments, count}, result);
}
w2n_error *w2n_component_instance_finish(w2n_component_instance *) { return nullptr; }

w2n_error *w2n_component_instance_drop(w2n_component_instance *, const w2n_component_value *value) {
  value->of.resource.type->destroy(value->of.resource.representation);
  return nullptr;
}

} // extern "C"

namespace w2n::component {

std::optional<std::string> callHost(const Linker &linker, const std::string &name,
                                    std::vector<Value> arguments,
                                    std::function<void(const Value &)> onReturn) {
  const auto found = linker.get()->functions.find(name);
  if (found == linker.get()->functions.end())
    return "not defined";
  Value result = {};
  auto status = take(found->second.callback(found->second.user, nullptr, arguments.data(),
                                            arguments.size(), &result));
  if (!status)
    return status.error().text;
  onReturn(result);
  return std::nullopt;
}

Value text(std::string_view text) {
  Value value = {};
  value.kind = W2N_COMPONENT_STRING;
  value.of.string = {text.data(), text.size()};
  return value;
}

Value bytes(std::span<const uint8_t> bytes) {
  Value value = {};
  value.kind = W2N_COMPONENT_ARRAY;
  value.element = W2N_COMPONENT_U8;
  value.of.array = {bytes.data(), bytes.size()};
  return value;
}

Value enumerator(uint32_t index) {
  Value value = {};
  value.kind = W2N_COMPONENT_ENUM;
  value.index = index;
  return value;
}

Value handle(w2n_component_kind kind, const w2n_component_resource &type, uint32_t representation) {
  Value value = {};
  value.kind = kind;
  value.of.resource = {&type, representation};
  return value;
}

Value parts(w2n_component_kind kind, const std::vector<Value> &items) {
  Value value = {};
  value.kind = kind;
  value.of.list = {items.data(), items.size()};
  return value;
}

Value number(uint32_t number) {
  Value value = {};
  value.kind = W2N_COMPONENT_U32;
  value.of.u32 = number;
  return value;
}

Value choice(w2n_component_kind kind, uint32_t index, const Value *payload) {
  Value value = {};
  value.kind = kind;
  value.index = index;
  value.of.payload = payload;
  return value;
}

} // namespace w2n::component
