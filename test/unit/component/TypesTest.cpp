// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Layouts and core values of types (CanonicalABI.md).
#include "lib/component/Types.h"

#include <gtest/gtest.h>

namespace w2n::component {
namespace {

using enum wasm::ValueKind;

ValueType primitive(Primitive kind) { return {kind, {}}; }

struct ComponentTypes : testing::Test {
  Types types;
  ValueType add(TypeBody body) { return {std::nullopt, *types.add(std::move(body), 0)}; }
  ValueType of(TypeForm form, std::vector<std::optional<ValueType>> parts) {
    TypeBody body;
    body.form = form;
    for (const auto &part : parts)
      body.fields.push_back({"x", part});
    return add(std::move(body));
  }
  const TypeBody &bodyOf(ValueType type) { return types[type.type]; }
};

TEST_F(ComponentTypes, FieldsOfRecordsAreAligned) {
  const ValueType record =
      of(TypeForm::Record,
         {primitive(Primitive::U8), primitive(Primitive::U64), primitive(Primitive::U16)});
  EXPECT_EQ(bodyOf(record).bytes, 24u);
  EXPECT_EQ(bodyOf(record).alignment, 8u);
  EXPECT_EQ(bodyOf(record).flat, (FlatTypes{I32, I64, I32}));
}

TEST_F(ComponentTypes, CasesOfVariantsShareCoreValues) {
  const ValueType variant =
      of(TypeForm::Variant, {primitive(Primitive::F32), primitive(Primitive::U32), std::nullopt,
                             primitive(Primitive::String)});
  EXPECT_EQ(bodyOf(variant).bytes, 12u);
  EXPECT_EQ(bodyOf(variant).flat, (FlatTypes{I32, I32, I32}));
  const ValueType wide =
      of(TypeForm::Variant, {primitive(Primitive::F32), primitive(Primitive::F64)});
  EXPECT_EQ(bodyOf(wide).bytes, 16u);
  EXPECT_EQ(bodyOf(wide).flat, (FlatTypes{I32, I64}));
}

TEST_F(ComponentTypes, DiscriminantsAreAsSmallAsTheCasesAllow) {
  EXPECT_EQ(discriminantBytes(256), 1u);
  EXPECT_EQ(discriminantBytes(257), 2u);
  EXPECT_EQ(discriminantBytes(65'536), 2u);
  EXPECT_EQ(discriminantBytes(65'537), 4u);
}

TEST_F(ComponentTypes, CoreValuesAreCutOffAfterOneTooMany) {
  TypeBody list;
  list.form = TypeForm::FixedList;
  list.element = primitive(Primitive::U8);
  list.length = 1'000'000;
  const ValueType type = add(std::move(list));
  EXPECT_EQ(bodyOf(type).flat.size(), maxFlat + 1);
  EXPECT_EQ(bodyOf(type).bytes, 1'000'000u);
}

TEST_F(ComponentTypes, SubstitutionLeavesAloneWhatDoesNotChange) {
  const TypeId resource = *types.addResource(0), other = *types.addResource(0);
  TypeBody own;
  own.form = TypeForm::Own;
  own.resource = resource;
  const ValueType handle = add(std::move(own));
  const ValueType plain = of(TypeForm::Tuple, {primitive(Primitive::U8)});
  const ValueType both = of(TypeForm::Tuple, {handle, plain});
  Substitution substitution;
  substitution.types.emplace(uint32_t(resource), other);
  const TypeId replaced = *substitute(types, both.type, substitution, 0);
  EXPECT_NE(replaced, both.type);
  EXPECT_EQ(types[replaced].fields[1].type, plain);
  EXPECT_EQ(types[types[replaced].fields[0].type->type].resource, other);
}

} // namespace
} // namespace w2n::component
