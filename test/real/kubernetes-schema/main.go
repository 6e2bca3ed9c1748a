// SPDX-License-Identifier: Apache-2.0

// Reads Kubernetes resources as strictly as an API server that is asked to: by the types of Kubernetes and of the
// OpenTelemetry Operator, where an unknown field is an error, and the operator's own resource by its published schema as well.
//
// Arguments: the operator's CustomResourceDefinition, then the files to check. What is wrong goes to standard error.
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/open-telemetry/opentelemetry-operator/apis/v1alpha1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"
)

// What a CustomResourceDefinition says, as far as it is looked at here.
type definition struct {
	Spec struct {
		Versions []struct {
			Name   string `json:"name"`
			Schema struct {
				OpenAPIV3Schema *spec.Schema `json:"openAPIV3Schema"`
			} `json:"schema"`
		} `json:"versions"`
	} `json:"spec"`
}

func main() {
	schema, err := schemaOf(os.Args[1])
	if err != nil {
		fail(err)
	}
	for _, file := range os.Args[2:] {
		if err := check(file, schema); err != nil {
			fail(fmt.Errorf("%s: %w", file, err))
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func schemaOf(file string) (*spec.Schema, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var crd definition
	if err := yaml.Unmarshal(text, &crd); err != nil {
		return nil, err
	}
	for _, version := range crd.Spec.Versions {
		if version.Name == "v1alpha1" && version.Schema.OpenAPIV3Schema != nil {
			return version.Schema.OpenAPIV3Schema, nil
		}
	}
	return nil, fmt.Errorf("%s has no schema of v1alpha1", file)
}

func check(file string, schema *spec.Schema) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, document := range bytes.Split(text, []byte("\n---\n")) {
		var head struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
		}
		if err := yaml.Unmarshal(document, &head); err != nil {
			return err
		}
		var resource any
		switch head.APIVersion + " " + head.Kind {
		case "opentelemetry.io/v1alpha1 Instrumentation":
			resource = &v1alpha1.Instrumentation{}
			if err := matches(document, schema); err != nil {
				return err
			}
		case "apps/v1 Deployment":
			resource = &appsv1.Deployment{}
		case "v1 Service":
			resource = &corev1.Service{}
		default:
			return fmt.Errorf("has a %s %s, which is not known here", head.APIVersion, head.Kind)
		}
		if err := yaml.UnmarshalStrict(document, resource); err != nil {
			return err
		}
		fmt.Println(head.Kind)
	}
	return nil
}

func matches(document []byte, schema *spec.Schema) error {
	var value any
	if err := yaml.Unmarshal(document, &value); err != nil {
		return err
	}
	return validate.NewSchemaValidator(schema, nil, "", strfmt.Default).Validate(value).AsError()
}
