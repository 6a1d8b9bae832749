//! The contracts of the demonstration, in every state that a contract can be in.

use bytes::Bytes;
use contracts::{
    ContractFields, ContractId, Contracts, Decision, comments, contract, lifecycle,
    review::{self, Verdict},
    signoff::{self, NewSignoff},
};
use kernel::{Actor, Date, Refusal, Side};

use super::cast::Cast;
use crate::app::Parts;

struct Document {
    name: &'static str,
    bytes: &'static [u8],
}

macro_rules! document {
    ($file:literal, $name:literal) => {
        Document { name: $name, bytes: include_bytes!(concat!("../../demo/", $file)) }
    };
}

const US: &str = "Meridian Health Systems GmbH";

struct Play<'a> {
    area: &'a Contracts,
    mara: Actor,
    jonas: Actor,
    priya: Actor,
    samira: Actor,
    theo: Actor,
    ines: Actor,
    colin: Actor,
    today: Date,
}

struct New<'a> {
    title: &'a str,
    counterparty: &'a str,
    direction: &'a str,
    kind: &'a str,
    role: &'a str,
    paper: &'a str,
    data: &'a [&'a str],
    /// Days from today.
    initiated: i64,
    effective: Option<i64>,
    expires: Option<i64>,
    renewal_months: Option<u32>,
    notice_days: Option<u32>,
}

impl Default for New<'_> {
    fn default() -> Self {
        Self {
            title: "",
            counterparty: "",
            direction: "vendor",
            kind: "saas",
            role: "customer",
            paper: "theirs",
            data: &["personal"],
            initiated: -20,
            effective: None,
            expires: None,
            renewal_months: None,
            notice_days: None,
        }
    }
}

pub async fn play(parts: &Parts, cast: &Cast) -> Result<(), Refusal> {
    let play = Play {
        area: &parts.contracts,
        mara: cast.actor("mara@demo.example").await?,
        jonas: cast.actor("jonas@demo.example").await?,
        priya: cast.actor("priya@demo.example").await?,
        samira: cast.actor("samira@demo.example").await?,
        theo: cast.actor("theo@demo.example").await?,
        ines: cast.actor("ines@demo.example").await?,
        colin: cast.actor("colin@demo.example").await?,
        today: parts.store.world.today(),
    };
    let emil = cast.actor("emil@demo.example").await?;
    play.active_with_renewal_coming().await?;
    play.active_nda().await?;
    play.ended_pilot().await?;
    play.withdrawn().await?;
    play.draft(&emil).await?;
    play.restricted().await?;
    play.rejected().await?;
    play.countersigned_with_condition().await?;
    play.voided_by_a_new_version().await?;
    play.fresh_in_review().await
}

impl Play<'_> {
    async fn register(&self, who: &Actor, new: &New<'_>) -> Result<ContractId, Refusal> {
        let day = |offset: Option<i64>| offset.map(|days| self.today.plus_days(days).to_string()).unwrap_or_default();
        let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
        let fields = ContractFields {
            title: new.title.into(),
            us: US.into(),
            counterparty: new.counterparty.into(),
            direction: new.direction.into(),
            kind: new.kind.into(),
            our_role: new.role.into(),
            paper: new.paper.into(),
            data_classes: new.data.iter().map(|class| (*class).to_owned()).collect(),
            initiated_on: day(Some(new.initiated)),
            effective_on: day(new.effective),
            expires_on: day(new.expires),
            auto_renews: new.renewal_months.is_some(),
            renewal_months: number(new.renewal_months),
            notice_days: number(new.notice_days),
            ..ContractFields::default()
        };
        Ok(db::transact!(self.area.store, who, |cx| contract::register(cx, &fields).await)?.id)
    }

    async fn upload(&self, who: &Actor, id: ContractId, document: &Document, note: &str) -> Result<(), Refusal> {
        self.area.upload(who, id, document.name, Bytes::from_static(document.bytes), note).await.map(|_| ())
    }

    async fn confirm_all(&self, who: &Actor, id: ContractId) -> Result<(), Refusal> {
        let view = review::view(&mut self.area.store.read(who).await?, id).await?;
        for row in view.findings.iter().filter(|row| row.is_deviation()) {
            db::transact!(self.area.store, who, |cx| review::decide(cx, id, row.id, row.revision, &Verdict::Confirm)
                .await)?;
        }
        db::transact!(self.area.store, who, |cx| review::confirm_conforming(cx, id).await).map(|_| ())
    }

    async fn sign(
        &self,
        who: &Actor,
        id: ContractId,
        side: Side,
        topic: Option<&str>,
        decision: Decision,
        condition: &str,
    ) -> Result<(), Refusal> {
        let view = review::view(&mut self.area.store.read(who).await?, id).await?;
        let new = NewSignoff {
            review: view.review.id,
            sha256: view.review.sha256,
            topic: topic.map(str::to_owned),
            side,
            decision,
            condition: condition.into(),
        };
        db::transact!(self.area.store, who, |cx| signoff::sign(cx, id, &new).await).map(|_| ())
    }

    /// Approves each deviation of the side, and not yet the whole.
    async fn approve_deviations(&self, who: &Actor, id: ContractId, side: Side) -> Result<(), Refusal> {
        let view = review::view(&mut self.area.store.read(who).await?, id).await?;
        for row in view.findings.iter().filter(|row| row.is_deviation() && row.approvers.contains(&side)) {
            self.sign(who, id, side, Some(row.topic.as_str()), Decision::Approve, "").await?;
        }
        Ok(())
    }

    async fn approve_all(&self, who: &Actor, id: ContractId, side: Side) -> Result<(), Refusal> {
        self.approve_deviations(who, id, side).await?;
        self.sign(who, id, side, None, Decision::Approve, "").await
    }

    async fn countersign(&self, id: ContractId) -> Result<(), Refusal> {
        self.confirm_all(&self.mara, id).await?;
        self.approve_all(&self.jonas, id, Side::Legal).await?;
        self.approve_all(&self.samira, id, Side::Security).await?;
        self.approve_all(&self.colin, id, Side::Compliance).await
    }

    async fn activate(&self, id: ContractId) -> Result<(), Refusal> {
        db::transact!(self.area.store, &self.mara, |cx| lifecycle::activate(cx, id).await).map(|_| ())
    }

    async fn active_with_renewal_coming(&self) -> Result<(), Refusal> {
        let cloud = New {
            title: "Cloud service terms",
            counterparty: "Northwind Cloud B.V.",
            data: &["business", "personal"],
            initiated: -420,
            effective: Some(-330),
            expires: Some(118),
            renewal_months: Some(12),
            notice_days: Some(90),
            ..New::default()
        };
        let id = self.register(&self.mara, &cloud).await?;
        self.upload(
            &self.mara,
            id,
            &document!("bonterms-cloud-terms.md", "Northwind Cloud Terms.md"),
            "Signed original",
        )
        .await?;
        self.countersign(id).await?;
        self.activate(id).await
    }

    async fn active_nda(&self) -> Result<(), Refusal> {
        let nda = New {
            title: "Mutual non-disclosure agreement",
            counterparty: "Lakeside Research AG",
            direction: "client",
            kind: "nda",
            role: "provider",
            data: &["secrets"],
            initiated: -200,
            effective: Some(-190),
            expires: Some(35),
            notice_days: Some(14),
            ..New::default()
        };
        let id = self.register(&self.mara, &nda).await?;
        self.upload(&self.mara, id, &document!("bonterms-mutual-nda.pdf", "Lakeside Mutual NDA.pdf"), "").await?;
        self.countersign(id).await?;
        self.activate(id).await
    }

    async fn ended_pilot(&self) -> Result<(), Refusal> {
        let pilot = New {
            title: "Service level agreement for the pilot",
            counterparty: "Fjord Systems AS",
            data: &["business"],
            initiated: -400,
            effective: Some(-390),
            expires: Some(-30),
            ..New::default()
        };
        let id = self.register(&self.jonas, &pilot).await?;
        self.upload(&self.jonas, id, &document!("commonpaper-sla.md", "Fjord SLA.md"), "").await?;
        self.confirm_all(&self.jonas, id).await?;
        self.approve_all(&self.mara, id, Side::Legal).await?;
        self.approve_all(&self.theo, id, Side::Security).await?;
        self.approve_all(&self.colin, id, Side::Compliance).await?;
        self.activate(id).await?;
        let on = self.today.plus_days(-30);
        db::transact!(self.area.store, &self.jonas, |cx| lifecycle::end(
            cx,
            id,
            on,
            "The pilot ended and was not continued."
        )
        .await)
        .map(|_| ())
    }

    async fn withdrawn(&self) -> Result<(), Refusal> {
        let id = self
            .register(
                &self.mara,
                &New {
                    title: "Log archive",
                    counterparty: "Stonebridge Storage LLC",
                    initiated: -75,
                    ..New::default()
                },
            )
            .await?;
        db::transact!(self.area.store, &self.mara, |cx| lifecycle::withdraw(
            cx,
            id,
            "The team chose an archive that we already have."
        )
        .await)
        .map(|_| ())
    }

    /// Asked for by an employee; the only document so far is no agreement that can be read.
    async fn draft(&self, emil: &Actor) -> Result<(), Refusal> {
        let id = self
            .register(
                emil,
                &New {
                    title: "Design tool for the product team",
                    counterparty: "Pixelfold Inc.",
                    data: &["business"],
                    initiated: -3,
                    ..New::default()
                },
            )
            .await?;
        let broken = Document {
            name: "Pixelfold order form.pdf",
            bytes: b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n",
        };
        // An employee registers; Legal takes the document in.
        self.upload(&self.mara, id, &broken, "As it came by mail").await
    }

    async fn restricted(&self) -> Result<(), Refusal> {
        let deal = New {
            title: "Project Heron: acquisition NDA",
            counterparty: "Heron Diagnostics SAS",
            kind: "nda",
            role: "customer",
            data: &["secrets"],
            initiated: -12,
            expires: Some(720),
            ..New::default()
        };
        let id = self.register(&self.jonas, &deal).await?;
        let colin = self.colin.person;
        db::transact!(self.area.store, &self.jonas, |cx| contract::restrict(cx, id, true, &[colin]).await)?;
        self.upload(
            &self.jonas,
            id,
            &document!("commonpaper-mutual-nda.md", "Heron NDA.md"),
            "First draft from their counsel",
        )
        .await
    }

    async fn rejected(&self) -> Result<(), Refusal> {
        let dpa = New {
            title: "Data processing agreement",
            counterparty: "Sparrow Messaging Inc.",
            kind: "dpa",
            role: "controller",
            data: &["personal", "health"],
            initiated: -41,
            effective: Some(10),
            ..New::default()
        };
        let id = self.register(&self.priya, &dpa).await?;
        self.upload(&self.priya, id, &document!("commonpaper-dpa.md", "Sparrow DPA.md"), "").await?;
        self.confirm_all(&self.priya, id).await?;
        self.approve_deviations(&self.jonas, id, Side::Legal).await?;
        self.approve_deviations(&self.samira, id, Side::Security).await?;
        self.sign(
            &self.samira,
            id,
            Side::Security,
            None,
            Decision::Reject,
            "Health data of patients without an audit right of ours cannot go there.",
        )
        .await
    }

    async fn countersigned_with_condition(&self) -> Result<(), Refusal> {
        let analytics = New {
            title: "Analytics subscription",
            counterparty: "Orbit Analytics Inc.",
            initiated: -28,
            effective: Some(9),
            expires: Some(374),
            renewal_months: Some(12),
            notice_days: Some(90),
            ..New::default()
        };
        let id = self.register(&self.mara, &analytics).await?;
        self.upload(&self.mara, id, &document!("orbit-analytics.md", "Orbit subscription.md"), "").await?;
        self.confirm_all(&self.mara, id).await?;
        self.approve_all(&self.jonas, id, Side::Legal).await?;
        self.approve_all(&self.colin, id, Side::Compliance).await?;
        self.approve_deviations(&self.ines, id, Side::Security).await?;
        let condition = "The SOC 2 Type II report of this year is in our hands before the first patient record is.";
        self.sign(&self.ines, id, Side::Security, None, Decision::ApproveWithCondition, condition).await
    }

    async fn voided_by_a_new_version(&self) -> Result<(), Refusal> {
        let hosting = New {
            title: "Managed hosting of the patient portal",
            counterparty: "Kestrel Hosting Ltd",
            data: &["personal", "health"],
            initiated: -33,
            effective: Some(21),
            expires: Some(1115),
            renewal_months: Some(24),
            notice_days: Some(180),
            ..New::default()
        };
        let id = self.register(&self.mara, &hosting).await?;
        self.upload(&self.mara, id, &document!("kestrel-hosting.md", "Kestrel hosting agreement.md"), "As received")
            .await?;
        self.confirm_all(&self.theo, id).await?;
        self.approve_deviations(&self.jonas, id, Side::Legal).await?;
        let clause = self.clause_of(id, clauses::Topic::BreachNotification).await?;
        db::transact!(self.area.store, &self.samira, |cx| {
            comments::add(
                cx,
                id,
                clause,
                "Ten business days after their investigation is no notice at all. We owe our clients 48 hours.",
            )
            .await
        })?;
        db::transact!(self.area.store, &self.jonas, |cx| comments::add(
            cx,
            id,
            clause,
            "I asked them for 72 hours from awareness."
        )
        .await)?;
        self.upload(
            &self.mara,
            id,
            &document!("kestrel-hosting-2.md", "Kestrel hosting agreement v2.md"),
            "They moved on breach notice, instructions and subcontractors",
        )
        .await
    }

    async fn clause_of(&self, id: ContractId, topic: clauses::Topic) -> Result<Option<usize>, Refusal> {
        let view = review::view(&mut self.area.store.read(&self.samira).await?, id).await?;
        Ok(view.findings.iter().find(|row| row.topic == topic).and_then(|row| row.clause))
    }

    async fn fresh_in_review(&self) -> Result<(), Refusal> {
        let services = New {
            title: "Migration of the data warehouse",
            counterparty: "Alder & Finch Consulting LLP",
            kind: "professional_services",
            data: &["business", "source_code"],
            initiated: -6,
            expires: Some(200),
            ..New::default()
        };
        let id = self.register(&self.jonas, &services).await?;
        self.upload(&self.jonas, id, &document!("bonterms-psa.md", "Alder Finch PSA.md"), "").await?;
        let client = New {
            title: "Cloud service agreement for our triage service",
            counterparty: "Hospital Group West",
            direction: "client",
            role: "provider",
            paper: "ours",
            data: &["personal", "health"],
            initiated: -9,
            expires: Some(740),
            renewal_months: Some(12),
            notice_days: Some(60),
            ..New::default()
        };
        let id = self.register(&self.mara, &client).await?;
        self.upload(&self.mara, id, &document!("commonpaper-csa.md", "Hospital Group West CSA.md"), "").await?;
        let terms = New {
            title: "Additional NDA terms",
            counterparty: "Juniper Labs Oy",
            kind: "nda",
            data: &["secrets"],
            initiated: -2,
            ..New::default()
        };
        let id = self.register(&self.mara, &terms).await?;
        self.upload(
            &self.mara,
            id,
            &document!("bonterms-nda-additional-terms.docx", "Juniper additional terms.docx"),
            "",
        )
        .await
    }
}
