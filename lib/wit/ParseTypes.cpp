// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "lib/wit/Limits.h"
#include "lib/wit/Parser.h"

#include <charconv>

namespace w2n::wit {

namespace {

using component::Primitive;

std::optional<Primitive> primitiveOf(std::string_view word) {
#define COMPONENT_PRIMITIVE(name, byte, text, size, alignment, flat)                               \
  if (word == text)                                                                                \
    return Primitive::name;
#define COMPONENT_TYPE(name, byte, text, decoder)
#include "lib/component/ValueTypes.def"
  return std::nullopt;
}

struct Constructor {
  std::string_view word;
  TypeKind kind;
};

constexpr Constructor constructors[] = {
    {"list", TypeKind::List},     {"option", TypeKind::Option}, {"result", TypeKind::Result},
    {"tuple", TypeKind::Tuple},   {"map", TypeKind::Map},       {"stream", TypeKind::Stream},
    {"future", TypeKind::Future}, {"own", TypeKind::Own},       {"borrow", TypeKind::Borrow},
};

struct DefinitionWord {
  std::string_view word;
  DefinitionKind kind;
};

constexpr DefinitionWord definitionWords[] = {
    {"type", DefinitionKind::Alias},      {"record", DefinitionKind::Record},
    {"variant", DefinitionKind::Variant}, {"enum", DefinitionKind::Enum},
    {"flags", DefinitionKind::Flags},     {"resource", DefinitionKind::Resource},
};

} // namespace

/// Nothing if no definition begins here; else `attributes` are moved into it.
Result<std::optional<TypeDefinition>> Parser::parseDefinition(Attributes &attributes) {
  for (const auto &[word, kind] : definitionWords) {
    if (!at(word))
      continue;
    W2N_CHECK(advance());
    TypeDefinition definition;
    definition.kind = kind;
    definition.attributes = std::move(attributes);
    W2N_TRY(name, parseName("the name of a type"));
    definition.name = name;
    if (kind == DefinitionKind::Resource)
      return parseResource(std::move(definition));
    if (kind != DefinitionKind::Alias)
      return parseFields(std::move(definition));
    W2N_CHECK(expect("="));
    W2N_TRY(aliased, parseType());
    definition.aliased = std::move(aliased);
    W2N_CHECK(expect(";"));
    return definition;
  }
  return std::nullopt;
}

/// Fields, cases or labels: at least one.
Result<TypeDefinition> Parser::parseFields(TypeDefinition definition) {
  W2N_CHECK(parseList([&]() -> Status {
    W2N_TRY(field, parseField(definition.kind));
    definition.fields.push_back(std::move(field));
    return {};
  }));
  if (definition.kind == DefinitionKind::Flags && definition.fields.size() > limits::flags)
    return sources.fail(ErrorKind::Limit, definition.name.place,
                        "flags have " + std::to_string(definition.fields.size()) +
                            " labels, most is " + std::to_string(limits::flags));
  return definition;
}

Result<Field> Parser::parseField(DefinitionKind kind) {
  Field field;
  field.docs = std::move(token.docs);
  W2N_TRY(name, parseName("a name"));
  field.name = name;
  if (kind == DefinitionKind::Record) {
    W2N_CHECK(expect(":"));
    W2N_TRY(type, parseType());
    field.type = std::move(type);
  } else if (kind == DefinitionKind::Variant && at("(")) {
    W2N_CHECK(advance());
    W2N_TRY(type, parseType());
    field.type = std::move(type);
    W2N_CHECK(expect(")"));
  }
  return field;
}

Result<TypeDefinition> Parser::parseResource(TypeDefinition definition) {
  W2N_TRY(isEmpty, eat(";"));
  if (isEmpty)
    return definition;
  W2N_CHECK(expect("{"));
  while (!at("}")) {
    W2N_TRY(function, parseResourceFunction());
    definition.functions.push_back(std::move(function));
  }
  W2N_CHECK(expect("}"));
  return definition;
}

Result<Function> Parser::parseResourceFunction() {
  Function function;
  W2N_TRY(attributes, parseAttributes());
  function.attributes = std::move(attributes);
  if (at("constructor")) {
    function.kind = FunctionKind::Constructor;
    function.name = nameOf(token);
    W2N_CHECK(advance());
    W2N_TRY(params, parseParams());
    function.params = std::move(params);
    W2N_TRY(isFallible, eat("->"));
    if (isFallible) {
      W2N_TRY(result, parseType());
      function.result = std::move(result);
    }
    W2N_CHECK(expect(";"));
    return function;
  }
  W2N_TRY(name, parseName("a method or 'constructor'"));
  function.name = name;
  W2N_CHECK(expect(":"));
  W2N_TRY(isStatic, eat("static"));
  function.kind = isStatic ? FunctionKind::Static : FunctionKind::Method;
  return parseFunction(std::move(function));
}

/// func-type ::= 'async'? 'func' param-list result-list, and the semicolon after it.
Result<Function> Parser::parseFunction(Function function) {
  W2N_TRY(isAsync, eat("async"));
  function.isAsync = isAsync;
  W2N_CHECK(expect("func"));
  W2N_TRY(params, parseParams());
  function.params = std::move(params);
  W2N_TRY(hasResult, eat("->"));
  if (hasResult) {
    W2N_TRY(result, parseType());
    function.result = std::move(result);
  }
  W2N_CHECK(expect(";"));
  return function;
}

Result<std::vector<Field>> Parser::parseParams() {
  std::vector<Field> params;
  W2N_CHECK(expect("("));
  while (!at(")")) {
    W2N_TRY(param, parseField(DefinitionKind::Record));
    params.push_back(std::move(param));
    if (!at(")"))
      W2N_CHECK(expect(","));
  }
  W2N_CHECK(expect(")"));
  return params;
}

Result<Type> Parser::parseType() {
  if (depth >= limits::nesting)
    return sources.fail(ErrorKind::Limit, lexer.placeOf(token),
                        "types are nested deeper than " + std::to_string(limits::nesting));
  if (token.kind != TokenKind::Identifier && token.kind != TokenKind::Keyword)
    return unexpected("a type");
  ++depth;
  const Token word = token;
  W2N_CHECK(advance());
  auto type = parseTypeOf(word);
  --depth;
  return type;
}

Result<Type> Parser::parseTypeOf(const Token &word) {
  Type type;
  type.place = lexer.placeOf(word);
  const bool isExplicit = sources.text(type.place.file)[word.offset] == '%';
  if (const auto primitive = primitiveOf(word.text); primitive && !isExplicit) {
    type.primitive = *primitive;
    return type;
  }
  if (word.kind == TokenKind::Identifier) {
    type.kind = TypeKind::Named;
    type.name = nameOf(word);
    return type;
  }
  for (const auto &[text, kind] : constructors) {
    if (word.text != text)
      continue;
    type.kind = kind;
    W2N_CHECK(parseArguments(type, word));
    return type;
  }
  return sources.fail(ErrorKind::Malformed, type.place,
                      "expected a type, found the keyword '" + std::string(word.text) + "'");
}

/// Parses the arguments in angle brackets, which result, stream and future may lack.
Status Parser::parseArguments(Type &type, const Token &word) {
  const bool isOptional = type.kind == TypeKind::Result || type.kind == TypeKind::Stream ||
                          type.kind == TypeKind::Future;
  if (!at("<"))
    return isOptional ? Status() : Status(unexpected("'<' after '" + std::string(word.text) + "'"));
  W2N_CHECK(advance());
  if (type.kind == TypeKind::Result) {
    W2N_CHECK(parseResultArguments(type));
    return expect(">");
  }
  if (type.kind == TypeKind::Own || type.kind == TypeKind::Borrow) {
    W2N_TRY(name, parseName("the name of a resource"));
    type.name = name;
    return expect(">");
  }
  if (type.kind == TypeKind::Map) {
    W2N_CHECK(parseMapArguments(type));
    return expect(">");
  }
  do {
    W2N_TRY(argument, parseType());
    type.arguments.push_back(std::move(argument));
    if (type.kind == TypeKind::List && at(","))
      W2N_CHECK(parseListLength(type));
    if (type.kind != TypeKind::Tuple)
      break;
    if (!at(">"))
      W2N_CHECK(expect(","));
  } while (!at(">"));
  return expect(">");
}

Status Parser::parseResultArguments(Type &type) {
  W2N_TRY(omitsOk, eat("_"));
  type.omitsOk = omitsOk;
  if (!omitsOk) {
    W2N_TRY(ok, parseType());
    type.arguments.push_back(std::move(ok));
    if (!at(","))
      return {};
  }
  W2N_CHECK(expect(","));
  W2N_TRY(error, parseType());
  type.arguments.push_back(std::move(error));
  return {};
}

/// Keys are integers, characters, bools and strings.
Status Parser::parseMapArguments(Type &type) {
  W2N_TRY(key, parseType());
  const auto hasNoKeys = [](Primitive primitive) {
    return primitive == Primitive::F32 || primitive == Primitive::F64 ||
           primitive == Primitive::ErrorContext;
  };
  if (key.kind != TypeKind::Primitive || hasNoKeys(key.primitive))
    return sources.fail(ErrorKind::Invalid, key.place,
                        "the keys of a map are integers, characters, bools or strings");
  type.arguments.push_back(std::move(key));
  W2N_CHECK(expect(","));
  W2N_TRY(value, parseType());
  type.arguments.push_back(std::move(value));
  return {};
}

/// The comma and the length of a list of fixed length.
Status Parser::parseListLength(Type &type) {
  W2N_CHECK(expect(","));
  if (token.kind != TokenKind::Integer)
    return unexpected("the length of a list");
  const std::string_view digits = token.text;
  const auto [end, wrong] =
      std::from_chars(digits.data(), digits.data() + digits.size(), type.length);
  if (wrong != std::errc() || end != digits.data() + digits.size() || digits[0] == '0')
    return malformed("the length of a list is from 1 to 4294967295, without leading zeros");
  type.kind = TypeKind::FixedList;
  return advance();
}

} // namespace w2n::wit
