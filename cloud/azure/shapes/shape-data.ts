/**
 * Makes cloud/azure/shapes/shapes.json: `node cloud/azure/shapes/shape-data.ts`. It reads the declarations of
 * @pulumi/azure-native, as installed: the inputs of each type of cloud/types.ts, and all that they consist of.
 *
 * @pulumi/azure-native is under the Apache License 2.0, as Meridian is.
 */
import {readFileSync, writeFileSync} from "node:fs";
import ts from "typescript";
import {types} from "../../types.ts";
import {declarationOf} from "./declaration.ts";
import type {ObjectShape, Shape} from "./shapes.ts";

const PACKAGE = "@pulumi/azure-native";

const scalars: Readonly<Partial<Record<ts.SyntaxKind, Shape>>> = {
  [ts.SyntaxKind.StringKeyword]: "string",
  [ts.SyntaxKind.NumberKeyword]: "number",
  [ts.SyntaxKind.BooleanKeyword]: "boolean",
  [ts.SyntaxKind.AnyKeyword]: "any",
};

const parts = readParts();
const found = new Map<string, ObjectShape>();
for (const type of Object.keys(types))
  if (type.startsWith("azure-native:")) add(type.replace("azure-native:", ""), argsOf(type));

const {version} = JSON.parse(readFileSync(fileOf("package.json"), "utf8"));
const lines = [...found].map(([name, shape]) => `"${name}": ${JSON.stringify(shape)}`);
writeFileSync(
  new URL("shapes.json", import.meta.url),
  `{\n"version": "${version}",\n"shapes": {\n${lines.join(",\n")}\n}\n}\n`,
);

function fileOf(path: string): URL {
  return new URL(import.meta.resolve(`${PACKAGE}/${path}`));
}

/** The parts that inputs consist of, by `keyvault:SkuArgs`. */
function readParts(): ReadonlyMap<string, ts.InterfaceDeclaration> {
  const spaces = parse(readFileSync(fileOf("types/input.d.ts"), "utf8"));
  const entries = spaces
    .filter(ts.isModuleDeclaration)
    .flatMap(({name, body}) =>
      (body as ts.ModuleBlock).statements
        .filter(ts.isInterfaceDeclaration)
        .map((part) => [`${name.text}:${part.name.text}`, part] as const),
    );
  return new Map(entries);
}

function argsOf(type: string): ts.InterfaceDeclaration {
  const name = `${type.split(":").at(-1)}Args`;
  const declared = parse(declarationOf(type.replace("azure-native:", "")));
  return declared.filter(ts.isInterfaceDeclaration).find((one) => one.name.text === name)!;
}

function parse(text: string): readonly ts.Statement[] {
  return ts.createSourceFile("declaration.d.ts", text, ts.ScriptTarget.Latest).statements;
}

/** With the parts that it names. */
function add(name: string, {members}: ts.InterfaceDeclaration): void {
  if (found.has(name)) return;
  const properties = members.filter(ts.isPropertySignature);
  const keyOf = (member: ts.PropertySignature) => (member.name as ts.Identifier).text;
  const required = properties.filter(({questionToken}) => !questionToken).map(keyOf);
  const shape = {required, properties: {} as Record<string, Shape>};
  found.set(name, shape);
  for (const member of properties) shape.properties[keyOf(member)] = shapeOf(member.type!);
}

function shapeOf(type: ts.TypeNode): Shape {
  if (ts.isTypeReferenceNode(type)) return referenced(type);
  if (ts.isUnionTypeNode(type)) return united(type);
  if (ts.isArrayTypeNode(type)) return [shapeOf(type.elementType)];
  if (ts.isTypeLiteralNode(type))
    return {mapOf: shapeOf((type.members[0] as ts.IndexSignatureDeclaration).type)};
  if (ts.isLiteralTypeNode(type)) return {is: (type.literal as ts.StringLiteral).text};
  return scalars[type.kind] ?? fail(type);
}

/** All enums are of texts, and which ones they have is Microsoft's to say: rules.json. */
function referenced({typeName, typeArguments}: ts.TypeReferenceNode): Shape {
  const [root = "", ...path] = namesOf(typeName);
  if (root === "enums") return "string";
  if (root === "inputs") return part(path.join(":"));
  if (path[0] === "asset") return "any";
  return shapeOf(typeArguments![0]!);
}

function part(name: string): Shape {
  add(name, parts.get(name)!);
  return name;
}

function namesOf(name: ts.EntityName): string[] {
  return ts.isIdentifier(name) ? [name.text] : [...namesOf(name.left), name.right.text];
}

function united({types}: ts.UnionTypeNode): Shape {
  const shapes = types.filter(({kind}) => kind !== ts.SyntaxKind.UndefinedKeyword).map(shapeOf);
  const [first, ...others] = [...new Set(shapes)];
  return others.length > 0 ? {oneOf: [first!, ...others]} : first!;
}

function fail({kind}: ts.TypeNode): never {
  throw new Error(`${ts.SyntaxKind[kind]} is not known here; say in shapeOf what it is.`);
}
