// SPDX-License-Identifier: Apache-2.0

// Reads the resources in the files named as an API server does that is strict about fields: an unknown field, a wrong type and a
// quantity that is none are errors. It prints the kind of each resource.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

func main() {
	for _, file := range os.Args[1:] {
		if err := check(file); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", file, err)
			os.Exit(1)
		}
	}
}

func check(file string) error {
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
		if err := checkOne(head.APIVersion+" "+head.Kind, document); err != nil {
			return err
		}
		fmt.Println(head.Kind)
	}
	return nil
}

func checkOne(kind string, document []byte) error {
	switch kind {
	case "apps/v1 Deployment":
		return read(document, &appsv1.Deployment{})
	case "v1 Service":
		return read(document, &corev1.Service{})
	case "opentelemetry.io/v1alpha1 Instrumentation":
		var found instrumentation
		if err := read(document, &found); err != nil {
			return err
		}
		for _, each := range found.Spec.Propagators {
			if !slices.Contains(propagators, each) {
				return fmt.Errorf("has the propagator %q, which the operator does not know", each)
			}
		}
		return nil
	}
	return fmt.Errorf("has a %s, which is not known here", kind)
}

// By the parser of the API server: that of YAML takes a field in the wrong case for the right one.
func read(document []byte, into any) error {
	text, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return err
	}
	unknown, err := json.UnmarshalStrict(text, into)
	return errors.Join(append(unknown, err)...)
}
