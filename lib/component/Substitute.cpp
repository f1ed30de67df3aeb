// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Substitution in types: what instantiating a component does to the types of its exports, and
// importing an instance to its resources (Binary.md, "Instance Definitions").

#include "lib/component/Types.h"

namespace w2n::component {

namespace {

class Substituter {
public:
  Substituter(Types &types, Substitution &substitution, uint64_t offset)
      : types(types), substitution(substitution), offset(offset) {}

  Result<TypeId> run(TypeId id) {
    if (auto found = substitution.types.find(uint32_t(id)); found != substitution.types.end())
      return found->second;
    const TypeBody &body = types[id];
    W2N_CHECK(
        types.work(1 + body.fields.size() + body.exports.size() + body.imports.size(), offset));
    W2N_TRY(copy, substituted(body));
    TypeId result = id;
    if (copy) {
      W2N_TRY(added, types.add(std::move(*copy), offset));
      result = added;
    }
    substitution.types.emplace(uint32_t(id), result);
    return result;
  }

  Result<Entity> run(Entity entity) {
    if (entity.sort == Sort::CoreModule)
      return entity;
    if (entity.sort == Sort::Value) {
      std::optional<ValueType> value = entity.value;
      W2N_CHECK(replace(value));
      entity.value = *value;
      return entity;
    }
    W2N_TRY(type, run(entity.type));
    entity.type = type;
    return entity;
  }

private:
  /// A copy of `body` with its parts replaced, or nothing if they are all the same.
  Result<std::optional<TypeBody>> substituted(const TypeBody &body) {
    TypeBody copy = body;
    bool differs = false;
    for (Field &field : copy.fields) {
      W2N_TRY(replaced, replace(field.type));
      differs |= replaced;
    }
    for (std::optional<ValueType> *part : {&copy.element, &copy.error, &copy.key}) {
      W2N_TRY(replaced, replace(*part));
      differs |= replaced;
    }
    if (body.form == TypeForm::Own || body.form == TypeForm::Borrow) {
      W2N_TRY(resource, run(body.resource));
      differs |= resource != body.resource;
      copy.resource = resource;
    }
    if (body.form == TypeForm::Resource) {
      auto found = substitution.resources.find(body.number);
      if (found != substitution.resources.end()) {
        copy.number = found->second;
        differs = true;
      }
    }
    for (Entities *entities : {&copy.imports, &copy.exports}) {
      W2N_TRY(replaced, replace(*entities));
      differs |= replaced;
    }
    if (!differs)
      return std::nullopt;
    return copy;
  }

  Result<bool> replace(std::optional<ValueType> &part) {
    if (!part || part->primitive)
      return false;
    W2N_TRY(type, run(part->type));
    const bool differs = type != part->type;
    part->type = type;
    return differs;
  }

  Result<bool> replace(Entities &entities) {
    Entities copy;
    bool differs = false;
    for (const auto &[name, entity, implements] : entities) {
      W2N_TRY(replaced, run(entity));
      differs |= replaced.type != entity.type || replaced.value != entity.value;
      copy.add(name, replaced, implements);
    }
    if (differs)
      entities = std::move(copy);
    return differs;
  }

  Types &types;
  Substitution &substitution;
  const uint64_t offset;
};

} // namespace

Result<TypeId> substitute(Types &types, TypeId type, Substitution &substitution, uint64_t offset) {
  return Substituter(types, substitution, offset).run(type);
}

Result<Entity> substitute(Types &types, Entity entity, Substitution &substitution,
                          uint64_t offset) {
  return Substituter(types, substitution, offset).run(entity);
}

} // namespace w2n::component
