// SPDX-License-Identifier: Apache-2.0

package main

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The fields of an Instrumentation that this repository may use, by the operator's API reference:
// https://github.com/open-telemetry/opentelemetry-operator/blob/main/docs/api/instrumentations.md
type instrumentation struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Exporter struct {
			Endpoint string `json:"endpoint"`
		} `json:"exporter"`
		Propagators []string `json:"propagators"`
		Sampler     struct {
			Type     string `json:"type"`
			Argument string `json:"argument"`
		} `json:"sampler"`
		Env    []corev1.EnvVar `json:"env"`
		NodeJS struct {
			Image           string                      `json:"image"`
			VolumeSizeLimit *resource.Quantity          `json:"volumeLimitSize"`
			Env             []corev1.EnvVar             `json:"env"`
			Resources       corev1.ResourceRequirements `json:"resourceRequirements"`
		} `json:"nodejs"`
	} `json:"spec"`
}

var propagators = []string{"tracecontext", "baggage", "b3", "b3multi", "jaeger", "xray", "ottrace", "none"}
